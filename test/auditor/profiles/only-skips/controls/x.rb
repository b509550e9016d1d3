control "x" do
  only_if { false }
  describe(true) { it { should eq true } }
end
