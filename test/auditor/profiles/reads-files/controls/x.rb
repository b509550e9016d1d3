control "file" do
  describe file("/etc/passwd") do
    it { should exist }
    its("owner") { should eq "root" }
    its("mode") { should cmp "0644" }
    its("content") { should match(/^nonroot:/) }
  end
end

control "link" do
  describe file("/etc/app.conf") do
    it { should be_symlink }
    its("link_path") { should eq "/etc/app/app.conf" }
    its("content") { should match(/listen = 127/) }
  end
end

control "open" do
  describe file("/etc/app/open.conf") do
    it { should_not be_writable.by("others") }
  end
end

control "nowhere" do
  describe file("/usr/bin/stat") do
    it { should_not exist }
  end
end

control "program" do
  describe command("apt-get") do
    it { should_not exist }
  end
end

control "found" do
  describe command("find /etc -xdev -type f -perm -0002") do
    its("stdout") { should eq "" }
  end
end

control "shell" do
  describe command("for f in /etc/*; do echo $f; done") do
    its("exit_status") { should eq 0 }
  end
end
