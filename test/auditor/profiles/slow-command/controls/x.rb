control "slow" do
  describe command("sleep 20", timeout: 1) do
    its("exit_status") { should eq 0 }
    its("stdout") { should eq "" }
  end
end
control "after" do
  describe file("/etc/passwd") do
    it { should exist }
  end
end
