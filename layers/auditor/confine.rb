# frozen_string_literal: true

require "socket"
require_relative "calls"
require_relative "landlock"
require_relative "linux"

module Muster
  # Takes from a child what a profile has no business with. What the kernel refuses is left out, except the limits.
  module Confine
    GIB = 1024 * 1024 * 1024
    # What Ruby may still load or look up. No home, no /run, no /var: that is where credentials lie.
    SYSTEM = %w[/usr /lib /lib64 /bin /dev/urandom /dev/zero /proc/self /etc/ld.so.cache /etc/localtime /etc/ssl /etc/passwd
                /etc/group /etc/nsswitch.conf /etc/hosts /etc/resolv.conf].freeze
    OWN = [__dir__, Gem.dir, RbConfig::CONFIG["prefix"], RbConfig::CONFIG["rubylibdir"]].freeze
    KEPT = %w[PATH LANG LC_ALL TZ].freeze

    module_function

    # No standard input or output; standard error goes to Node, which keeps its end. All other descriptors are closed:
    # by their objects first, for one that was forgotten here would later close its number, whosever it is by then.
    def streams(socket_path, open_files)
      $stdin.reopen("/dev/null")
      $stdout.reopen("/dev/null", "w")
      $stderr.reopen(UNIXSocket.new(socket_path))
      $stderr.sync = true
      open_files.each { |io| io.close unless io.closed? || io.fileno < 3 }
      Dir.children("/proc/self/fd").map(&:to_i).select { |fd| fd > 2 }.each do |fd|
        IO.for_fd(fd, autoclose: false).close
      rescue SystemCallError, ArgumentError
        nil # the listing's own descriptor, or one of Ruby's own
      end
    end

    # Only what is named here, and a home inside the scan's own folder.
    def environment(folder)
      ENV.replace(ENV.to_h.slice(*KEPT).merge("HOME" => folder, "TMPDIR" => folder))
    end

    # No network; where process ids are the child's own, no sight of other processes; and without privilege at least
    # another user namespace, from which nobody may look into /proc/<pid>/environ of Node, which holds credentials.
    def namespaces(contained)
      return Linux.unshare(Linux::NEWUSER | Linux::NEWNET) || Linux.unshare(Linux::NEWUSER) unless contained

      Linux.unshare(Linux::NEWNET)
      return unless Linux.unshare(Linux::NEWNS)

      private_and_recursive = (1 << 18) | (1 << 14)
      nosuid_nodev_noexec = 2 | 4 | 8
      Linux.mount("none", "/", nil, private_and_recursive) && Linux.mount("proc", "/proc", "proc", nosuid_nodev_noexec)
    end

    # Works without any privilege, unlike most namespaces. `readable` are the files and folders of this one scan.
    def files(folder, readable)
      Landlock.enforce(writable: [folder, "/dev/null"], readable: [*SYSTEM, *OWN, *readable])
    end

    def limits(cpu_seconds)
      Process.setrlimit(:CPU, cpu_seconds, cpu_seconds)
      Process.setrlimit(:AS, 4 * GIB, 4 * GIB)
      Process.setrlimit(:FSIZE, GIB / 2, GIB / 2)
      Process.setrlimit(:NOFILE, 256, 256)
      Process.setrlimit(:CORE, 0, 0)
    end

    # Works without any privilege as well.
    def calls
      Calls.forbid
    end
  end
end
