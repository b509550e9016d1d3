block = "x" * 1_048_576
1024.times { $stdout.write(block) }
1024.times { $stderr.write(block) }

control "floods" do
  describe file("/etc/passwd") do
    it { should exist }
  end
end
