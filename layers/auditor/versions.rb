# frozen_string_literal: true

require_relative "fault"

module Muster
  # What a profile's `inspec_version` means here, of dependencies too: a newer auditor than this one ends the scan, with both
  # versions named, unless the request allows the older one. InSpec itself would skip every control of such a dependency.
  class Versions
    # True when the request's word made the difference.
    attr_reader :older

    def initialize(older_allowed)
      @older_allowed = older_allowed
      @older = false
    end

    def install
      versions = self
      Inspec::Metadata.prepend(Module.new do
        define_method(:supports_runtime?) { super() || versions.allow(self) }
      end)
      Inspec::Runner.prepend(Module.new do
        define_method(:supports_profile?) { |profile| profile.supports_runtime? }
      end)
    end

    def allow(metadata)
      return @older = true if @older_allowed

      raise Fault.new("profile-mismatch", "#{metadata.params[:name]} asks for an auditor #{metadata.inspec_requirement}, " \
                                          "and this one is #{Inspec::VERSION}")
    end
  end
end
