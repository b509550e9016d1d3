# frozen_string_literal: true

module Muster
  # CPU time of this process by what it was spent on, in ms.
  class Phases
    NAMES = %i[start load run report].freeze

    def initialize
      @ends = {}
    end

    # The phase is over; the next begins. Said again, it ends later.
    def over(name)
      @ends[name] = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID, :float_millisecond)
    end

    # A phase that never ended took no time: there was nothing to do in it.
    def to_h
      from = 0
      NAMES.to_h do |name|
        till = @ends.fetch(name, from)
        took = till - from
        from = till
        [name, took.round]
      end
    end
  end
end
