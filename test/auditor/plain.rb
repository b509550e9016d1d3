# frozen_string_literal: true

# InSpec as it comes: a process of its own, the local backend, the json reporter. `ruby plain.rb PROFILE REPORT OPTIONS …`
# with OPTIONS as JSON: inputs, waivers, passthrough, remoteFiles (Train's class for files over SSH in place of its local
# one). Several profiles run in a process each, and then the exit code says nothing of them.
require_relative "../../layers/auditor/gem_path"
require "json"
require "inspec"
require "inspec/runner"
require "stringio"
require "train/transports/local"

def use_remote_files
  Train::Transports::Local::Connection.class_eval do
    def file_via_connection(path, *args) = Train::File::Remote::Linux.new(self, path, *args)
    private :file_via_connection
  end
end

def scan(profile, report, options)
  use_remote_files if options["remoteFiles"]
  json = { "file" => report, "stdout" => false, "passthrough" => options["passthrough"] }.compact
  config = {
    "backend" => "local", "backend_cache" => true, "create_lockfile" => false, "distinct_exit" => true,
    "inputs" => options["inputs"] || {}, "waiver_file" => options["waivers"] && [options["waivers"]]
  }.compact
  file = StringIO.new(JSON.generate("version" => "1.2", "reporter" => { "json" => json }))
  runner = Inspec::Runner.new(Inspec::Config.new(config, file, :exec))
  runner.add_target(profile)
  runner.load
  exit!(runner.run_tests)
end

jobs = ARGV.each_slice(3).map { |profile, report, text| [profile, report, JSON.parse(text)] }
scan(*jobs.first) if jobs.one?
jobs.each { |job| Process.wait(fork { scan(*job) }) }
