control "x" do
  1.times do
    describe command("echo once") do
      its("stdout") { should eq "once\n" }
    end
    describe file("/etc/passwd") do
      it { should exist }
      its("mode") { should cmp "0644" }
      it { should be_file }
      it { should_not be_symlink }
    end
    describe file("/no/such/file") do
      it { should_not exist }
      its("owner") { should be_nil }
      its("content") { should be_nil }
    end
  end
end
