# frozen_string_literal: true

module Muster
  # The code of every resource is loaded in the parent, yet a profile finds none registered until it asks for its word, as in
  # plain InSpec: whoever registers all beforehand changes what `supports` says of a profile's own resource of that name,
  # and error texts, and has 120 methods defined for every profile.
  class ResourcesOnCall
    REQUIRES = %r{^require(?:_relative)? "(?:inspec/resources/)?(\w+)"}
    NAMES = /^\s*name "(\w+)"/

    # `files` are all of inspec/resources. What is registered already stays.
    def initialize(files)
      @files = files.to_h { |path| [File.basename(path, ".rb"), File.read(path)] }
      registered, supported = registries.map { |registry| registry.to_h { |name, value| [name, value.dup] } }
      @loaded = @files.keys.select { |name| load_quietly("inspec/resources/#{name}") }.to_h { |name| [name, true] }
      @all = registries.map(&:dup)
      registries.zip([registered, supported]) { |registry, before| registry.replace(before) }
    end

    # True where there is such a file and its code is loaded: then what it registers is registered now.
    def call(word)
      return false unless @loaded.key?(word)

      register(word) if @loaded[word]
      true
    end

    # True where there is such a file, loaded or not.
    def file?(word) = @files.key?(word)

    private

    def registries = [Inspec::Resource.registry, Inspec::Resource.support_registry]

    # Once; first what the file itself requires.
    def register(word)
      @loaded[word] = false
      @files.fetch(word).scan(REQUIRES) { |(other)| register(other) if @loaded[other] }
      @files.fetch(word).scan(NAMES) do |(name)|
        classes, criteria = registries
        next if classes.key?(name) # it was there from the start

        classes[name] = @all.first.fetch(name)
        supports = @all.last[name.to_sym]
        (criteria[name.to_sym] ||= []).concat(supports) if supports
      end
    end

    # Some want drivers that the core gem does not bring; a profile that uses one gets the same error later.
    def load_quietly(name)
      require name
      true
    rescue LoadError
      false
    end
  end
end
