# frozen_string_literal: true

# What a scan costs InSpec as it comes: a parent that has required it and nothing else, a forked child a scan, every answer
# from memory. `ruby plain-forked.rb PROFILE ANSWERS TIMES [REPORT]` with ANSWERS a JSON file of [command, stdout, stderr,
# exit code], all but the code in Base64; prints one line of JSON a scan: CPU and wall in ms of the child, its exit code.
require_relative "../../layers/auditor/gem_path"
require "fileutils"
require "json"
require "tmpdir"
require "inspec"
require "inspec/runner"
require_relative "../../layers/auditor/scan"

# The broker's part, played from memory.
class Replay
  def initialize(file)
    @answers = JSON.parse(File.read(file)).to_h do |command, stdout, stderr, code|
      [command.unpack1("m"), [code, stdout.unpack1("m"), stderr.unpack1("m")]]
    end
  end

  def run(command, _timeout = nil)
    code, stdout, stderr = @answers.fetch(command) { [1, "", "not recorded"] }
    Muster::Wire::Answer.new(code, stdout.dup, stderr.dup, false)
  end

  def tell(_header) = nil
end

profile, answers, times, report = ARGV
replay = Replay.new(answers)
GC.start
Integer(times).times do
  folder = Dir.mktmpdir
  job = { "folder" => folder, "profile" => File.realpath(profile), "identity" => { "uri" => "x://y", "uniqueId" => "u" } }
  from = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  before = Process.times
  _, status = Process.wait2(fork { exit!(Muster::Scan.new(job, replay).run) })
  after = Process.times
  cpu = after.cutime + after.cstime - before.cutime - before.cstime
  wall = Process.clock_gettime(Process::CLOCK_MONOTONIC) - from
  FileUtils.cp(File.join(folder, "report.json"), report) if report
  FileUtils.rm_r(folder)
  puts JSON.generate(cpuMs: (cpu * 1000).round, wallMs: (wall * 1000).round, exitCode: status.exitstatus)
end
