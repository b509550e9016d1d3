# frozen_string_literal: true

require "fileutils"
require "stringio"
require_relative "container_view"
require_relative "fault"
require_relative "phases"
require_relative "progress"
require_relative "transport"
require_relative "vendored"
require_relative "versions"
require_relative "waivers"
require_relative "whole_report"

module Muster
  # One profile against one target, in a process of its own. The report is InSpec's own file, renamed when it is whole; the
  # outcome goes to the broker in one frame.
  class Scan
    SCANNED = [0, 100, 101].freeze

    def initialize(job, wire)
      @job = job
      @wire = wire
      @folder = job.fetch("folder")
      @profile = job.fetch("profile")
      @phases = Phases.new
    end

    # Gives the exit code of this process.
    def run
      code = audit
      tell(exitCode: code, older: @versions.older, phases: @phases.to_h)
      code
    rescue Fault => e
      fail_with(e.code, e.message)
    rescue SystemExit
      fail_with("auditor-crashed", "the profile called exit or abort")
    rescue Errno::EFBIG
      fail_with("too-large", "the report is larger than a process may write")
    rescue NoMemoryError, SystemStackError => e
      fail_with("auditor-crashed", "#{e.class}: #{e.message}")
    end

    private

    def audit
      Waivers.check(@job["waivers"]) if @job["waivers"]
      Transport.wire = @wire
      Transport.identity = @job.fetch("identity")
      Transport.os = @job["os"]
      ContainerView.install if @job["presentAsContainer"]
      Vendored.install(@profile, cache)
      @versions = Versions.new(@job["olderAuditor"])
      @versions.install
      runner = Inspec::Runner.new(config)
      @phases.over(:start)
      load_into(runner)
      @phases.over(:load)
      progress = Progress.new(@wire, runner.tests) { @phases.over(:run) }
      RSpec.configuration.reporter.register_listener(progress, *Progress::EVENTS)
      code = runner.run_tests
      judge(runner, code)
      File.rename(part, File.join(@folder, "report.json"))
      @phases.over(:report)
      code
    end

    # What stops a profile before its first check is the profile's fault, or the target's platform.
    def load_into(runner)
      runner.add_target(@profile)
      examine(runner.target_profiles.first)
      runner.load
    rescue Train::PlatformDetectionFailed => e
      raise Fault.new("profile-mismatch", "the target's platform could not be told: #{e.message}")
    rescue ScriptError, StandardError => e
      raise if e.is_a?(Fault)

      raise Fault.new("profile-invalid", "#{name}: #{e.message}")
    end

    def examine(profile)
      unless profile.source_reader.is_a?(SourceReaders::InspecReader)
        raise Fault.new("profile-invalid", "#{name} has no inspec.yml")
      end

      gems = profile.metadata.gem_dependencies
      return if gems.empty?

      wanted = gems.map { |gem| gem[:name] }.join(", ")
      raise Fault.new("profile-invalid", "#{name} wants gems of its own (#{wanted}), which the auditor does not install")
    end

    # The runner's own code says it all: 102 a profile did not load; skipped as a whole, its platform is another.
    def judge(runner, code)
      profiles = runner.instance_variable_get(:@run_data)[:profiles] || []
      failed = profiles.find { |profile| profile[:status] == "failed" }
      if failed && (asked = NotAsked.while_read)
        raise Fault.new("no-shell", "#{failed[:name]} asks the container while it is read, and not in its controls: #{asked}")
      end
      raise Fault.new("profile-invalid", "#{failed[:name]}: #{failed[:status_message]}") if failed

      first = profiles.first
      if first && first[:status] == "skipped"
        raise Fault.new("profile-mismatch", "#{first[:name]} is made for #{supported(first)}, and the target is " \
                                            "#{runner.backend.platform.name}/#{runner.backend.platform.release}")
      end
      return if SCANNED.include?(code)

      raise Fault.new("auditor-crashed", "the auditor ended with code #{code}")
    end

    def supported(profile)
      profile[:supports].map { |entry| entry.map { |key, value| "#{key} #{value}" }.join(", ") }.join(" or ")
    end

    def config
      options = {
        "backend" => "muster", "backend_cache" => true, "create_lockfile" => false, "distinct_exit" => true,
        "vendor_cache" => cache, "inputs" => @job["inputs"] || {}
      }
      options["input_file"] = [@job["inputFile"]] if @job["inputFile"]
      options["waiver_file"] = [@job["waivers"]] if @job["waivers"]
      # A reporter with options can only come from a configuration file; this one is never written anywhere.
      file = { "version" => "1.2", "reporter" => { "json" => reporter } }
      Inspec::Config.new(options, StringIO.new(JSON.generate(file)), :exec)
    end

    def reporter
      json = { "file" => part, "stdout" => false }
      json["passthrough"] = @job["passthrough"] if @job["passthrough"]
      json
    end

    def part = File.join(@folder, "report.part")
    def cache = File.join(@folder, "cache")
    def name = File.basename(@profile)

    def tell(outcome)
      @wire.tell(outcome.merge(type: "outcome"))
    end

    def fail_with(code, message)
      tell(error: { code: code, message: Muster.readable(message)[0, 2000] })
      1
    end
  end
end
