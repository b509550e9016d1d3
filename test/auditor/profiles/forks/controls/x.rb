# Twice, in a session of its own, as a daemon does; and one that has exec'd.
fork do
  Process.setsid
  fork do
    trap("TERM", "IGNORE")
    sleep 600
  end
  exit!
end
spawn("sleep", "31416")

control "forks" do
  describe file("/etc/passwd") do
    it { should exist }
  end
end
