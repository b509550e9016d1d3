(0..255).each do |number|
  IO.for_fd(number, autoclose: false).close
rescue SystemCallError, ArgumentError
  nil
end

control "closes" do
  describe file("/etc/passwd") do
    it { should exist }
  end
end
