title "a mix"

control "mixed-passes" do
  impact 0.7
  title "passes"
  desc "what it is about"
  desc "check", "how it is checked"
  tag nist: ["AC-6", "CM-6"]
  ref "a reference", url: "https://example.test"
  describe file("/etc/passwd") do
    it { should exist }
    its("mode") { should cmp "0644" }
    its("owner") { should eq "root" }
    its("content") { should match(/^root:/) }
  end
  describe command("echo hello; echo oops >&2; exit 3") do
    its("stdout") { should eq "hello\n" }
    its("stderr") { should eq "oops\n" }
    its("exit_status") { should eq 3 }
  end
end

control "mixed-fails" do
  impact 1.0
  title "fails"
  describe file("/no/such/file") do
    it { should exist }
  end
  describe command("printf other-than") do
    its("stdout") { should eq "other" }
  end
end

control "mixed-skips" do
  impact 0.3
  only_if("there is nothing to see") { false }
  describe file("/etc/passwd") do
    it { should exist }
  end
end

control "mixed-not-applicable" do
  impact 0.0
  describe "reviewed by hand" do
    skip "a person has to look"
  end
end

control "mixed-either" do
  describe.one do
    describe file("/no/such/file") do
      it { should exist }
    end
    describe passwd.users do
      it { should include "root" }
    end
  end
end

control "mixed-unknown-word" do
  describe no_such_resource("x") do
    it { should exist }
  end
end

control "mixed-raises" do
  describe file("/etc/passwd") do
    it { raise ArgumentError, "raised in a check" }
  end
end
