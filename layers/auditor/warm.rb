# frozen_string_literal: true

require_relative "known_words"
require_relative "report_index"
require_relative "resources_on_call"
require_relative "source_text"
require_relative "whole_report"

module Muster
  # Loads all that a scan needs, once, for every child to inherit.
  module Warm
    # What RSpec and Ruby load only when a first check runs or fails.
    LATER = %w[rspec/mocks rspec/core/mocking_adapters/rspec rspec/core/profiler rspec/core/formatters/fallback_message_formatter
               rspec/support/differ rspec/support/hunk_generator rspec/support/mutex diff/lcs diff/lcs/hunk io/console
               enc/utf_16le enc/utf_16be].freeze

    module_function

    def up
      require "inspec"
      require "inspec/runner"
      require "inspec/base_cli"
      require "rexml/document"
      LATER.each { |name| require name }
      RSpec::Matchers::BuiltIn.constants.each { |name| RSpec::Matchers::BuiltIn.const_get(name) }
      files = Gem.loaded_specs.fetch("inspec-core").full_gem_path.then { |root| Dir["#{root}/lib/inspec/resources/*.rb"].sort }
      KnownWords.install(ResourcesOnCall.new(files))
      [SourceText, ReportIndex].each(&:install)
      require_relative "scan"
      NotAsked.install
      WholeReport.install
      settle
    end

    # What is alive now stays alive: gathered on few pages, it is shared with every child.
    def settle
      return Process.warmup if Process.respond_to?(:warmup)

      GC.start
      GC.compact
    end
  end
end
