# frozen_string_literal: true

require "json"
require "socket"
require "tmpdir"
require_relative "confine"
require_relative "linux"

module Muster
  # What a confined child really cannot do on this machine, found out by a child that tries.
  module Isolation
    module_function

    # Gives true for each of "credentials", "network" and "files" that is out of reach: the environment of Node, sockets, and
    # what else lies in the work folder.
    def try(own_pids)
      reader, writer = IO.pipe
      node = Process.ppid
      contained = Linux.unshare(Linux::NEWPID)
      pid = Process.fork do
        confine(contained)
        writer.write(JSON.generate(credentials: refused? { File.read("/proc/#{node}/environ") },
                                   network: refused? { Socket.new(:INET, :STREAM) },
                                   files: refused? { Dir.children(Dir.tmpdir) }))
        writer.close
        exit!(0)
      end
      exit!(1) if contained && !Linux.setns(own_pids, Linux::NEWPID)
      writer.close
      answer = reader.read
      reader.close
      Process.wait(pid)
      answer.empty? ? {} : JSON.parse(answer)
    end

    def confine(contained)
      Confine.namespaces(contained)
      Linux.prctl(Linux::PR_SET_NO_NEW_PRIVS, 1)
      Confine.files(File::NULL, []) # stands for a scan's own folder
      Confine.calls
    end

    def refused?
      yield
      false
    rescue SystemCallError
      true
    end
  end
end
