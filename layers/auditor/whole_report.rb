# frozen_string_literal: true

require "json"

module Muster
  # JSON holds UTF-8 alone, and a file's name or a platform's version may be any bytes: one of them would lose the whole
  # report. Where plain InSpec raises, each byte that is no text stands as \xNN.
  module WholeReport
    def self.install = Inspec::Reporters::Json.prepend(self)

    def render
      super
    rescue JSON::GeneratorError, EncodingError
      output(Muster.readable(report).to_json, false)
    end
  end

  # The same value in strings that JSON can hold; what is no value of JSON's is its own text, as to the generator.
  def self.readable(value)
    case value
    when Hash then value.to_h { |key, each| [readable(key.to_s), readable(each)] }
    when Array then value.map { |each| readable(each) }
    when Numeric, true, false, nil then value
    else value.to_s.dup.force_encoding(Encoding::UTF_8).scrub { |bytes| bytes.unpack("C*").map { |byte| format('\x%02X', byte) }.join }
    end
  end
end
