# frozen_string_literal: true

module Muster
  # Loads all that a scan needs, once, for every child to inherit.
  module Warm
    module_function

    def up
      require "inspec"
      require "inspec/runner"
      require "inspec/base_cli"
      require "rexml/document"
      files = Gem.loaded_specs.fetch("inspec-core").full_gem_path.then { |root| Dir["#{root}/lib/inspec/resources/*.rb"].sort }
      files.each { |file| require_quietly("inspec/resources/#{File.basename(file, ".rb")}") }
      require_relative "known_words"
      KnownWords.install(files)
      require_relative "scan"
      GC.start
      GC.compact
    end

    # Some resources want drivers that the core gem does not bring; a profile that uses one gets the same error later.
    def require_quietly(name)
      require name
    rescue LoadError
      nil
    end
  end
end
