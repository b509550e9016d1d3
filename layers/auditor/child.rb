# frozen_string_literal: true

require_relative "confine"
require_relative "linux"
require_relative "memory"
require_relative "wire"

module Muster
  # The process that runs the profile, which is arbitrary Ruby: what it should not have is gone before the first line runs.
  class Child
    def initialize(job, contained, open_files)
      @job = job
      @contained = contained
      @open_files = open_files
    end

    def run
      Linux.prctl(Linux::PR_SET_PDEATHSIG, 9)
      %w[TERM INT].each { |name| trap(name, "DEFAULT") }
      Process.setsid
      folder = @job.fetch("folder")
      Confine.streams(File.join(folder, "e"), @open_files)
      wire = Wire.new(File.join(folder, "b"))
      Confine.environment(folder)
      Dir.chdir(folder)
      Confine.namespaces(@contained)
      Confine.limits(@job.fetch("cpuSeconds"))
      Linux.prctl(Linux::PR_SET_NO_NEW_PRIVS, 1)
      Confine.files(folder, [@job.fetch("profile"), @job["inputFile"], @job["waivers"]].compact)
      Confine.calls
      Memory.hold
      exit!(Scan.new(@job, wire).run)
    rescue Exception => e # rubocop:disable Lint/RescueException
      warn "#{e.class}: #{e.message}"
      exit!(70)
    end
  end
end
