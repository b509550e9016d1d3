# frozen_string_literal: true

# The auditor's process: loads InSpec once and forks a child for each scan. It speaks JSON lines with Node.
#   in:  {"op":"scan","id",…}   {"op":"kill","id"}
#   out: {"op":"ready","name","version","isolation"}   {"op":"forked","id","pid"}
#        {"op":"ended","id","exit","signal","cpuMs"}   {"op":"unfit","message"}
$stdout.sync = true

begin
  require_relative "gem_path"
  require "json"
  require_relative "warm"
  require_relative "parent"
  Muster::Warm.up
rescue LoadError => e
  require "json"
  puts JSON.generate(op: "unfit", message: e.message)
  exit!(1)
end

Muster::Parent.new($stdin, $stdout).serve
