control "loops" do
  describe file("/etc/passwd") do
    it { sleep }
  end
end
