control "from-base" do
  describe file("/etc/passwd") do
    it { should exist }
  end
end
