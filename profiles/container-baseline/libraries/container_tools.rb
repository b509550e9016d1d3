# frozen_string_literal: true

require 'cb_search'

# The shell's own tests, so that the question can be asked where there are no tools at all. The first place of a name
# is enough; /bin and its like are left out where they are links into /usr.
CB_TOOLS = <<'SH'
for d in /bin /sbin /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin /opt/bin /usr/games; do
  [ -d $d ] || continue
  if [ -L $d ]; then continue; fi
  if [ ! -x $d ]; then echo "closed $d"; continue; fi
  for n in gcc cc g++ c++ clang tcc cpp as ld make cmake go rustc cargo javac ghc \
    telnet rsh rlogin rcp rexec ftp tftp lftp \
    sshd dropbear telnetd in.telnetd rshd vsftpd proftpd xinetd inetd rpcbind vncserver \
    sudo doas pkexec \
    gdb gdbserver lldb strace ltrace perf bpftrace dlv tcpdump tshark nmap nc ncat netcat socat hping3 \
    apt apt-get dpkg apk dnf microdnf yum rpm zypper pacman; do
    if [ -x $d/$n ] && [ ! -d $d/$n ]; then echo "tool $n $d/$n"; fi
  done
  echo "seen $d"
done
echo "#end 0"
SH

class ContainerTools < Inspec.resource(1)
  name 'container_tools'
  desc 'Programs that a running container has no use for'
  example "describe container_tools(:compilers) do\n  it { should find_nothing }\nend"

  include CbSearch

  GROUPS = {
    compilers: ['compilers or build tools', %w[gcc cc g++ c++ clang tcc cpp as ld make cmake go rustc cargo javac ghc]],
    remote_clients: ['clients of clear-text protocols', %w[telnet rsh rlogin rcp rexec ftp tftp lftp]],
    remote_servers: ['servers for remote login or file transfer',
                     %w[sshd dropbear telnetd in.telnetd rshd vsftpd proftpd xinetd inetd rpcbind vncserver]],
    privilege_tools: ['programs that raise privileges', %w[sudo doas pkexec]],
    debug_tools: ['debuggers or network tools',
                  %w[gdb gdbserver lldb strace ltrace perf bpftrace dlv tcpdump tshark nmap nc ncat netcat socat hping3]],
    package_managers: ['package managers', %w[apt apt-get dpkg apk dnf microdnf yum rpm zypper pacman]]
  }.freeze

  def initialize(group, options = {})
    subject, names = GROUPS.fetch(group)
    answer = ask(CB_TOOLS)
    tools = answer.tagged('tool').map { |line| line.split(' ', 2) }
    found = tools.select { |name, place| names.include?(name) && !Array(options[:allow]).include?(name) && place }.map(&:last)
    closed = answer.tagged('closed')
    doubt = answer.trouble
    doubt ||= "no permission to look into #{closed.join(', ')}" if closed.any?
    doubt ||= 'there is no directory for programs' if answer.tagged('seen').empty?
    conclude(subject, found, doubt)
  end
end
