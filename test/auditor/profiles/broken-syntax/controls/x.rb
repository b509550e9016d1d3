control "x" do describe file(
