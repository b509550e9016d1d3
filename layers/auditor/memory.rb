# frozen_string_literal: true

module Muster
  # Collecting garbage is a fifth of a scan's CPU, and a child lives for a second: it may leave its garbage lying until it
  # holds much. A profile that fills its memory is then collected as always.
  module Memory
    # Resident bytes of this process, with what it shares with its parent.
    LINE = 256 * 1024 * 1024
    LOOK_SECONDS = 0.02
    PAGE = 4096

    def self.hold
      GC.disable
      Thread.new do
        sleep LOOK_SECONDS until resident > LINE
        GC.enable
      end
    end

    def self.resident
      File.read("/proc/self/statm").split[1].to_i * PAGE
    rescue SystemCallError
      LINE + 1
    end
  end
end
