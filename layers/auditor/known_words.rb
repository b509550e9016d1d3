# frozen_string_literal: true

module Muster
  # InSpec resolves each unknown word of a profile by `require`, which searches the folders of 70 gems and then lets Ruby
  # guess at what was meant: a quarter of a scan. A table of the files there are gives the same LoadError for nothing, and
  # the resource itself where its code is loaded already.
  # It reaches into InSpec, so it is for one exact version and stays out of the way on any other.
  module KnownWords
    VERSION = "5.24.24"

    def self.install(resources)
      if Inspec::VERSION != VERSION
        warn "auditor: known_words.rb is made for inspec-core #{VERSION}; #{Inspec::VERSION} runs without it"
        return false
      end
      cloud = DeprecatedCloudResourcesList::CLOUD_RESOURCES_DEPRECATED
      Inspec::DSL.singleton_class.prepend(table(resources, cloud))
      true
    end

    def self.table(resources, cloud)
      Module.new do
        define_method(:method_missing_resource) do |backend, id, *arguments|
          word = id.to_s
          if backend && !resources.file?(word) && !cloud.include?(id)
            raise LoadError, "cannot load such file -- inspec/resources/#{word}"
          end

          resource = backend && resources.call(word) && Inspec::Resource.registry[word]
          resource ? resource.new(backend, id, *arguments) : super(backend, id, *arguments)
        end
      end
    end
    private_class_method :table
  end
end
