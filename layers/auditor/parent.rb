# frozen_string_literal: true

require "json"
require_relative "isolation"
require_relative "keeper"
require_relative "linux"

module Muster
  # Takes jobs from Node and starts a keeper for each. It has one thread, runs no profile code and never waits for a scan.
  class Parent
    LINE_LIMIT = 16 * 1024 * 1024

    def initialize(input, output)
      @input = input
      @output = output
      @buffer = +""
      @keepers = {} # pid => id
      @own_pids = File.open("/proc/self/ns/pid")
    end

    def serve
      # Orphans of a killed keeper come here to be ended.
      Linux.prctl(Linux::PR_SET_CHILD_SUBREAPER, 1)
      Linux.prctl(Linux::PR_SET_DUMPABLE, 0)
      @wake, poke = IO.pipe
      trap("CHLD") { poke.write_nonblock(".", exception: false) }
      own = Process.pid
      trap("TERM") { Process.pid == own ? leave : exit!(70) } # a keeper has it until it sets its own
      trap("INT", "IGNORE") # Ctrl-C goes to the whole foreground group; Node says what it means
      # Once here: in a child, the walk over all objects would cost 15 ms of copied pages.
      @open_files = ObjectSpace.each_object(IO).to_a
      say(op: "ready", name: distribution, version: Inspec::VERSION, isolation: Isolation.try(@own_pids))
      turn while true
    end

    private

    # CINC's gems have the same names; what tells them apart is what their program is called.
    def distribution = Inspec::Dist::EXEC_NAME == "inspec" ? "inspec-core" : Inspec::Dist::EXEC_NAME

    def turn
      ready, = IO.select([@input, @wake])
      if ready.include?(@wake)
        @wake.read_nonblock(4096, exception: false)
        reap
      end
      read_orders if ready.include?(@input)
    end

    def read_orders
      chunk = @input.read_nonblock(65_536, exception: false)
      return if chunk == :wait_readable

      leave if chunk.nil? || @buffer.bytesize > LINE_LIMIT
      @buffer << chunk
      while (line = @buffer.slice!(/\A[^\n]*\n/))
        obey(JSON.parse(line))
      end
    end

    def obey(order)
      case order["op"]
      when "scan" then start(order)
      when "kill" then @keepers.key(order["id"])&.then { |pid| Process.kill(:TERM, pid) }
      end
    end

    def start(job)
      contained = Linux.unshare(Linux::NEWPID)
      pid = Process.fork { Keeper.new(job, @output, contained, @open_files).run }
      # Only the next child was to be in a namespace of its own. A parent that cannot come back can fork no more.
      exit!(1) if contained && !Linux.setns(@own_pids, Linux::NEWPID)
      @keepers[pid] = job["id"]
      say(op: "forked", id: job["id"], pid: pid, contained: contained)
    end

    def reap
      while (pid, status = Process.waitpid2(-1, Process::WNOHANG))
        id = @keepers.delete(pid)
        next if id.nil? || status.exitstatus == 0 # a keeper that ended well has spoken for itself

        say(op: "ended", id: id, exit: nil, signal: "KILL", cpuMs: 0)
        end_orphans
      end
    rescue Errno::ECHILD
      nil
    end

    # Whoever is our child and no keeper has lost its keeper.
    def end_orphans
      (Keeper.children_of_self - @keepers.keys).each { |pid| Process.kill(:KILL, pid) }
    rescue SystemCallError
      nil
    end

    # Node has hung up or is gone. The keepers get a moment to end what their scans have started.
    def leave
      @keepers.each_key { |pid| Process.kill(:TERM, pid) }
      until @keepers.empty? || (waited ||= 0) >= 200
        waited += 1
        sleep 0.01
        reap
      end
      exit!(0)
    end

    def say(message)
      @output.syswrite("#{JSON.generate(message)}\n")
    rescue Errno::EPIPE
      nil # the end of the orders says the same
    end
  end
end
