# frozen_string_literal: true

require "train"

module Muster
  # Where the pod says that it is Windows, no other family is worth a question: what Train would ask next are programs of
  # Unix and of switches.
  class WindowsScanner < Train::Platforms::Detect::Scanner
    def detect_windows
      super || raise(Train::PlatformDetectionFailed, "its pod is of Windows, and `cmd.exe /c ver` does not say so")
    end
  end
end
