# frozen_string_literal: true

require "set"

module Muster
  # InSpec resolves each unknown word of a profile by `require`, which searches the folders of 70 gems and then lets Ruby
  # guess at what was meant: a quarter of a scan. A table of the files there are gives the same LoadError for nothing.
  # It reaches into InSpec, so it is for one exact version and stays out of the way on any other.
  module KnownWords
    VERSION = "5.24.24"

    def self.install(files)
      if Inspec::VERSION != VERSION
        warn "auditor: known_words.rb is made for inspec-core #{VERSION}; #{Inspec::VERSION} runs without it"
        return false
      end
      words = files.to_set { |file| File.basename(file, ".rb") }
      cloud = DeprecatedCloudResourcesList::CLOUD_RESOURCES_DEPRECATED
      Inspec::DSL.singleton_class.prepend(table(words.freeze, cloud))
      true
    end

    def self.table(words, cloud)
      Module.new do
        define_method(:method_missing_resource) do |backend, id, *arguments|
          if backend && !words.include?(id.to_s) && !cloud.include?(id)
            raise LoadError, "cannot load such file -- inspec/resources/#{id}"
          end

          super(backend, id, *arguments)
        end
      end
    end
    private_class_method :table
  end
end
