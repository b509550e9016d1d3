# frozen_string_literal: true

require 'cb_search'

# The kernel's own table, so neither ss nor netstat is needed. State 0A is a listening TCP socket, 07 a bound UDP one.
CB_PORTS = <<'SH'
for p in tcp tcp6 udp udp6; do
  if [ ! -r /proc/net/$p ]; then continue; fi
  echo "table $p"
  while read -r s a r t x || [ -n "$s" ]; do case $p:$t in tcp*:0A|udp*:07) echo "listen $p $a";; esac; done </proc/net/$p
done
echo "#end 0"
SH

class ContainerPorts < Inspec.resource(1)
  name 'container_ports'
  desc 'Listening ports of the network namespace (all containers of a pod share it)'
  example "describe container_ports(:privileged) do\n  it { should find_nothing }\nend"

  include CbSearch

  LOGIN = { 21 => 'FTP', 22 => 'SSH', 23 => 'Telnet', 512 => 'rexec', 513 => 'rlogin', 514 => 'rsh', 3389 => 'RDP', 5900 => 'VNC',
            2375 => 'Docker API without TLS' }.freeze
  DEBUG = { 5005 => 'Java debugger', 9229 => 'Node.js inspector', 5678 => 'Python debugger', 2345 => 'Go debugger', 9999 => 'JMX' }.freeze

  def initialize(question, options = {})
    @allowed = Array(options[:allow]).map(&:to_i)
    @answer = ask(CB_PORTS)
    @listening = @answer.tagged('listen').filter_map { |line| decoded(line) }
    send(question)
  end

  private

  def privileged
    report('privileged ports (below 1024) in use') { |_, port, _| port < 1024 ? '' : nil }
  end

  def login
    report('ports of remote login services in use') { |protocol, port, _| protocol == 'tcp' ? LOGIN[port] : nil }
  end

  # A debugger bound to the loopback address can be reached from inside only.
  def debugging
    report('open debugger ports') { |protocol, port, loopback| protocol == 'tcp' && !loopback ? DEBUG[port] : nil }
  end

  def report(subject)
    found = @listening.filter_map do |protocol, port, loopback|
      kind = yield(protocol, port, loopback)
      "#{port}/#{protocol}#{" (#{kind})" unless kind.empty?}" if kind && !@allowed.include?(port)
    end
    tables = @answer.tagged('table')
    conclude(subject, found, @answer.trouble || ('no readable /proc/net/tcp' unless tables.include?('tcp')))
  end

  def decoded(line)
    protocol, address, port = line.match(/\A(\w+) (\h+):(\h{4})\z/)&.captures
    return unless port

    # Addresses are words in host order: 0100007F is 127.0.0.1; ::1 ends in 01000000; and a mapped 127.0.0.1 in FFFF0000 0100007F.
    loopback = address.match?(/7F\z/i) && address.length == 8 || address.match?(/\A0{24}01000000\z|7F\z/i) && address.length == 32
    [protocol.delete('6'), port.to_i(16), loopback]
  end
end
