absent = input("path")

control "absent" do
  describe file(absent) do
    it { should_not exist }
  end
end

control "absent-inside" do
  describe json(absent) do
    its(["a"]) { should be_nil }
  end
end
