# frozen_string_literal: true

require "train"
require_relative "not_asked"

module Muster
  # A file in a Windows target. Train's own class takes everything but "True" for "not there", an error too, and reads content
  # through PowerShell's text pipeline, which makes other line ends and another last line of it. The rest is Train's.
  class WindowsFile < Train::File::Remote::Windows
    # What Get-Content would decode as well, by the mark at the beginning.
    MARKS = { "\xFF\xFE".b => Encoding::UTF_16LE, "\xFE\xFF".b => Encoding::UTF_16BE, "\xEF\xBB\xBF".b => Encoding::UTF_8 }.freeze

    def exist?
      return @exist if defined?(@exist)

      answer = @backend.run_command("(Test-Path -Path \"#{@spath}\").ToString()")
      said = answer.stdout.chomp
      # Of a folder that it may not look into, PowerShell says "False" and an error.
      cannot_tell(answer) unless said == "True" || (said == "False" && answer.stderr.empty?)
      @exist = said == "True"
    end

    def content
      return @content if defined?(@content)

      @content = exist? && !directory? ? decoded(bytes) : nil
    end

    private

    def bytes
      answer = @backend.run_command("[Convert]::ToBase64String([IO.File]::ReadAllBytes(\"#{@spath}\"))")
      cannot_tell(answer) unless answer.exit_status.zero?
      answer.stdout.unpack1("m").b
    end

    def decoded(bytes)
      mark, encoding = MARKS.find { |mark, _| bytes.start_with?(mark) }
      return Muster.text(bytes) if mark.nil?

      bytes.byteslice(mark.bytesize..).force_encoding(encoding).encode(Encoding::UTF_8)
    rescue EncodingError
      Muster.text(bytes)
    end

    # "Not there" would be a guess.
    def cannot_tell(answer)
      raise NotAsked, "Can't look at #{@path}: #{answer.stderr.strip[0, 300]}"
    end
  end
end
