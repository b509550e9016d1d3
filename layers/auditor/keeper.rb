# frozen_string_literal: true

require "json"
require_relative "child"
require_relative "linux"

module Muster
  # Stands between the parent and one scan: starts the child, waits for it, ends whatever it left behind, and says how it
  # ended. A profile that kills its parent process kills this and nothing else; where the kernel permits, this is the first
  # process of a namespace of its own, and not even that is possible.
  class Keeper
    def self.children_of_self
      File.read("/proc/self/task/#{Process.pid}/children").split.map(&:to_i)
    rescue SystemCallError
      []
    end

    # `open_files` are the parent's own, which the child is to close.
    def initialize(job, output, contained, open_files)
      @job = job
      @open_files = open_files
      @output = output
      @contained = contained
    end

    def run
      trap("CHLD", "DEFAULT")
      Linux.prctl(Linux::PR_SET_PDEATHSIG, 9)
      Linux.prctl(Linux::PR_SET_CHILD_SUBREAPER, 1)
      trap("TERM") { @child ? Process.kill(:KILL, @child) : exit!(70) }
      @child = Process.fork { Child.new(@job, @contained, @open_files).run }
      _, status = Process.waitpid2(@child)
      end_the_rest
      times = Process.times
      say(exit: status.exitstatus, signal: status.termsig && Signal.signame(status.termsig),
          cpuMs: ((times.cutime + times.cstime) * 1000).round)
      exit!(0)
    end

    private

    # The kernel gives orphans to the nearest subreaper, which is this process: until there is none left.
    def end_the_rest
      while true
        kill_the_rest
        Process.wait(-1)
      end
    rescue Errno::ECHILD
      nil
    end

    def kill_the_rest
      return Process.kill(:KILL, -1) if @contained # all of this namespace but its first process

      self.class.children_of_self.each { |pid| Process.kill(:KILL, pid) }
    rescue Errno::ESRCH
      nil # gone by itself
    end

    def say(message)
      @output.syswrite("#{JSON.generate(message.merge(op: "ended", id: @job["id"]))}\n")
    rescue SystemCallError
      nil
    end
  end
end
