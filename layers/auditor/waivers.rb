# frozen_string_literal: true

require "csv"
require "date"
require "json"
require "yaml"
require_relative "fault"

module Muster
  # InSpec ends its process over a bad waiver file, from deep inside, and takes a broken date for "no waiver". So it is read
  # here first, by the same parsers, and every fault has a name.
  module Waivers
    FIELDS = %w[justification expiration_date run].freeze

    module_function

    def check(path)
      entries = read(path)
      refuse(path, "is not a table of controls") unless entries.is_a?(Hash)
      entries.each { |control, entry| check_entry(path, control, entry) }
    rescue SystemCallError, Psych::Exception, JSON::ParserError, CSV::MalformedCSVError => e
      refuse(path, e.message)
    end

    def read(path)
      case File.extname(path).downcase
      when ".yaml", ".yml" then YAML.safe_load(File.read(path), permitted_classes: [Date, Time], aliases: true) || {}
      when ".json" then JSON.parse(File.read(path))
      when ".csv" then rows(path)
      else refuse(path, "must end in .yaml, .yml, .json or .csv")
      end
    end

    def rows(path)
      table = CSV.read(path, headers: true)
      refuse(path, "has no column control_id") unless table.headers.include?("control_id")
      table.to_h { |row| [row["control_id"], row.to_h.except("control_id").compact] }
    end

    def check_entry(path, control, entry)
      refuse(path, "#{control}: is not a table of #{FIELDS.join(", ")}") unless entry.is_a?(Hash)
      refuse(path, "#{control}: has no justification") if entry["justification"].to_s.strip.empty?
      unless [nil, true, false, "true", "false", "yes", "no"].include?(entry["run"])
        refuse(path, "#{control}: run must be true or false, and is #{entry["run"].inspect}")
      end
      check_date(path, control, entry["expiration_date"])
    end

    def check_date(path, control, date)
      return if date.nil? || date.respond_to?(:strftime)

      Date.parse(date.to_s)
    rescue Date::Error
      refuse(path, "#{control}: expiration_date #{date.inspect} is not a date")
    end

    def refuse(path, why)
      raise Fault.new("profile-invalid", "waiver file #{File.basename(path)}: #{why}")
    end
  end
end
