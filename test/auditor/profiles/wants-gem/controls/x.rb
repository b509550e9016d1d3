control("x") { describe(true) { it { should eq true } } }
