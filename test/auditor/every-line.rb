# frozen_string_literal: true

# From every line of the files named: the text that InSpec's way finds there, and ours where it finds one. Prints how many
# lines were looked at, how many of ours there are, and the first that differs.
require_relative "../../layers/auditor/gem_path"
require "json"
require "method_source"
require_relative "../../layers/auditor/source_text"

def theirs(source, line)
  MethodSource.expression_at(source.lines, line)
rescue SyntaxError
  nil
end

seen = found = 0
differs = nil
ARGV.each do |path|
  source = File.read(path)
  (1..source.lines.size).each do |line|
    seen += 1
    ours = Muster::SourceText.block_at(source, line) or next
    found += 1
    differs ||= "#{path}:#{line}" if ours != theirs(source, line)
  end
end
puts JSON.generate(seen: seen, found: found, differs: differs)
