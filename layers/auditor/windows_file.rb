# frozen_string_literal: true

require "train"
require_relative "not_asked"

module Muster
  # A file in a Windows target. Train's own class takes an error for an answer: "not there", no file, 0 bytes, nobody's. And it
  # reads content through PowerShell's text pipeline, which makes other line ends and another last line of it. What is asked,
  # and what an answer means, is Train's.
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

    def owner
      said = told("Get-Acl \"#{@spath}\" | select -expand Owner")&.strip
      said unless said.nil? || said.empty?
    end

    def size
      told("((Get-Item '#{@spath}').Length)")&.strip&.to_i if file?
    end

    private

    def attributes
      @attributes ||= told("(Get-ItemProperty -Path \"#{@spath}\").attributes.ToString()").to_s.chomp.split(/\s*,\s*/)
    end

    # What is said of the path; nil of one that is not there.
    def told(question)
      answer = @backend.run_command(question)
      return answer.stdout if answer.exit_status.zero?

      cannot_tell(answer) if exist?
    end

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
