# frozen_string_literal: true

require "fileutils"
require_relative "fault"

module Muster
  # A dependency lies in the profile: under vendor/ or vendor_cache/ as `inspec vendor` leaves it, or by `path:` inside the
  # folder. Any other is refused by name, before a fetcher asks the network whether it exists.
  module Vendored
    def self.install(profile, cache)
      FileUtils.mkdir_p(cache)
      vendored = File.join(profile, "vendor_cache")
      FileUtils.cp_r("#{vendored}/.", cache) if File.directory?(vendored)
      roots = [profile, cache].map { |path| File.realpath(path) }
      Inspec::Requirement.prepend(refusal(roots))
    end

    def self.refusal(roots)
      Module.new do
        define_method(:fetcher) do
          local = opts[:path]
          if local
            there = Vendored.inside?(File.expand_path(local, opts[:cwd] || "."), roots)
            Vendored.refuse(@name, "path #{local} is not a folder inside the profile") unless there
          elsif !cache.exists?(opts[:sha256] || opts[:ref])
            source = opts.slice(:url, :git, :supermarket, :compliance, :version).map { |pair| pair.join(" ") }.join(", ")
            Vendored.refuse(@name, "#{source.empty? ? "supermarket" : source} is not vendored; run `inspec vendor` first")
          end
          super()
        end
      end
    end
    private_class_method :refusal

    def self.inside?(path, roots)
      real = File.realpath(path)
      roots.any? { |root| real == root || real.start_with?("#{root}/") }
    rescue SystemCallError
      false
    end

    def self.refuse(name, why)
      raise Fault.new("profile-invalid", "dependency #{name}: #{why}")
    end
  end
end
