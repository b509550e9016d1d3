# frozen_string_literal: true

require "train"

module Muster
  # Train asks every target first whether it is Windows, by two programs of Windows' own. Where the pod says that it is
  # Linux, the answer is known.
  class LinuxScanner < Train::Platforms::Detect::Scanner
    def detect_windows = false
  end
end
