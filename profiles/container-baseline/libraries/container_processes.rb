# frozen_string_literal: true

require 'cb_search'

# Only the shell's `read` over /proc: works without ps. `self` is this command, so that the scan does not find itself.
CB_PROCESSES = <<'SH'
[ -r /proc/1/status ] || echo '#trouble no readable /proc/1/status'
echo "self $$"
for d in /proc/[0-9]*; do
  n=; p=; u=; e=; b=; w=; s=; m=
  while read -r k v; do
    case $k in
    Name:) n=$v;; PPid:) p=$v;; Uid:) u=${v%%[!0-9]*};; CapEff:) e=$v;; CapBnd:) b=$v;; NoNewPrivs:) w=$v;; Seccomp:) s=$v;; Umask:) m=$v;;
    esac
  done 2>&- <"$d/status"
  [ -n "$u" ] || continue
  echo "process ${d#/proc/} $p $u $n"
  case $d in
  /proc/1) echo "main ${e:-?} ${b:-?} ${w:-?} ${s:-?} ${m:-?} $n";;
  /proc/2) if [ "$n" = kthreadd ]; then echo node; fi;;
  esac
done
l=; { read -r l </proc/1/attr/apparmor/current; } 2>&- || { read -r l </proc/1/attr/current; } 2>&-
case $l in '') ;; *) echo "confinement $l";; esac
echo "#end 0"
SH

CbProcess = Struct.new(:pid, :parent, :uid, :name)

class ContainerProcesses < Inspec.resource(1)
  name 'container_processes'
  desc 'Who runs in the container and with which privileges, from /proc'
  example "describe container_processes(:main_as_root) do\n  it { should find_nothing }\nend"

  include CbSearch

  # Bit numbers of linux/capability.h.
  CAPABILITIES = %w[CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
                    NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT
                    SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP
                    MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE].freeze
  SERVICES = %w[sshd dropbear telnetd in.telnetd crond cron atd anacron inetd xinetd rpcbind systemd rsyslogd syslogd].freeze

  def initialize(question, options = {})
    @options = options
    @answer = ask(CB_PROCESSES)
    @effective, @bounding, @no_new_privileges, @seccomp, @umask, @name = @answer.tagged('main').first&.split(' ', 6)
    @processes = @answer.tagged('process').map do |line|
      pid, parent, uid, name = line.split(' ', 4)
      CbProcess.new(pid.to_i, parent.to_i, uid.to_i, name)
    end
    send(question)
  end

  private

  def main_as_root
    main = @processes.find { |process| process.pid == 1 }
    conclude('root rights of the main process', main&.uid&.zero? && !main_doubt ? ["process 1 (#{main.name}) has uid 0"] : [], main_doubt)
  end

  def others_as_root
    found = others.select { |process| process.uid.zero? }
    conclude('further processes that run as root', found.map { |p| "process #{p.pid} (#{p.name})" }, main_doubt)
  end

  def services
    found = others(with_main: true).select { |process| SERVICES.include?(process.name) }
    conclude('daemons for login, jobs or logs beside the workload', found.map { |p| "process #{p.pid} (#{p.name})" }, main_doubt)
  end

  def node_processes
    conclude('processes of the node (shared process namespace)', @answer.lines.include?('node') ? ['process 2 is kthreadd'] : [],
             @answer.trouble || ('process 1 cannot be seen in /proc' if @name.nil?))
  end

  def effective_capabilities
    capabilities('capabilities in effect that reach beyond a container', @effective)
  end

  def bounding_capabilities
    capabilities('capabilities that a process could still gain', @bounding)
  end

  def privileges_to_gain
    from_main('ways for the main process to gain privileges', @no_new_privileges) { |value| value == '1' ? [] : ['process 1: NoNewPrivs 0'] }
  end

  def no_seccomp
    from_main('unfiltered system calls of the main process', @seccomp) { |value| value == '2' ? [] : ["process 1: Seccomp #{value}"] }
  end

  def open_umask
    from_main('write access for everybody to new files of the main process', @umask) { |value| value.to_i(8) & 0o002 != 0 ? [] : ["process 1: umask #{value}"] }
  end

  def unconfined
    label = @answer.tagged('confinement').first
    found = label.to_s.match?(/\Aunconfined|:(unconfined_t|spc_t):/) ? ["process 1: #{label}"] : []
    doubt = main_doubt || ('neither AppArmor nor SELinux says how process 1 is confined' if label.nil?)
    conclude('missing AppArmor or SELinux confinement of the main process', doubt ? [] : found, doubt)
  end

  def capabilities(subject, hex)
    unwanted = @options.fetch(:unwanted)
    from_main(subject, hex) do |value|
      bits = value.to_i(16)
      CAPABILITIES.each_index.select { |bit| bits[bit] == 1 }.map { |bit| CAPABILITIES[bit] } & unwanted
    end
  end

  def from_main(subject, value)
    doubt = main_doubt || ('/proc/1/status does not say' if value.nil? || value == '?')
    conclude(subject, doubt ? [] : yield(value), doubt)
  end

  # What descends from process 1. Exec sessions and ephemeral containers come from outside (their parent is 0); where
  # the scan's own session descends from process 1 all the same, it is taken out.
  def others(with_main: false)
    below = descendants(1)
    session = @answer.tagged('self').first.to_i
    parents = below.to_h { |process| [process.pid, process.parent] }
    session = parents[session] while parents.key?(session) && parents[session] != 1
    own = [session] + descendants(session).map(&:pid)
    found = below.reject { |process| own.include?(process.pid) }
    with_main ? found + @processes.select { |process| process.pid == 1 } : found
  end

  def descendants(pid)
    @processes.select { |process| process.parent == pid && process.pid != pid }.flat_map { |child| [child] + descendants(child.pid) }
  end

  def shared_doubt
    return @answer.trouble if @answer.trouble
    return 'process 1 cannot be seen in /proc' if @name.nil?

    "process 1 is the node's, not the container's" if @answer.lines.include?('node')
  end

  def main_doubt
    shared_doubt || ("process 1 is the pod's pause process (shared process namespace)" if @name == 'pause')
  end
end
