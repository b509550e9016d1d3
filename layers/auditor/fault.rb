# frozen_string_literal: true

module Muster
  # A reason of muster's closed table, with what is wrong with which thing.
  class Fault < StandardError
    attr_reader :code

    def initialize(code, message)
      super(message)
      @code = code
    end
  end
end
