# frozen_string_literal: true

require "digest"
require "train"

module Muster
  # All that one question tells of a path, with links followed and without: `layers/commands/file-record.sh` behind the path.
  # The answer is two lines: letters of what `test` says, and what `stat` says of the end of the links. Of a link there
  # follow its own `stat`, its target and its end, each ended by what it cannot hold. The rest is content, and there is some
  # where the exit code is 0.
  class FileRecord
    # An answer that no such file has.
    class Garbled < StandardError; end

    ASK = ::File.read(::File.expand_path("../commands/file-record.sh", __dir__)).freeze
    STREAM = ::File.read(::File.expand_path("../commands/file-content.sh", __dir__)).freeze
    # Content of this many bytes or more does not come with the record.
    CAP = 65_536

    FLAGS = /\A(h|e?L?[dfpSbc]?r?)\z/
    # Size, mode, uid, gid, mtime, owner, group, label.
    STAT = /\A(\d+):(\h+):(\d+):(\d+):(-?\d+):([^:]*):([^:]*):(.*)\z/m
    TYPES = { "d" => :directory, "f" => :file, "p" => :pipe, "S" => :socket, "b" => :block_device,
              "c" => :character_device }.freeze
    NO_PROGRAM = 127
    NO_LABEL = ["?", "C", "(null)"].freeze

    class << self
      def question(path) = "p=#{word(path)};#{ASK}"

      # For content that is over the cap: how many bytes, the bytes, and the SHA-256 of as many read again.
      def content_question(path) = "p=#{word(path)};#{STREAM}"

      # The bytes of that answer; nil where it cannot be read or the target lacks a program for it.
      def content_of(answer)
        return nil unless [0, NO_PROGRAM].include?(answer.exit_status)

        count, rest = answer.stdout.b.split("\n", 2)
        whole = count.to_i
        bytes, digest = rest&.unpack("a#{whole}a*")
        # Without `sha256sum` the count must do.
        return bytes&.bytesize == whole ? bytes : nil if answer.exit_status == NO_PROGRAM
        raise Garbled unless bytes&.bytesize == whole && digest.start_with?(Digest::SHA256.hexdigest(bytes))

        bytes
      end

      private

      # One word for a shell, whatever it holds, and never an option.
      def word(path)
        bytes = path.b
        bytes = "./#{bytes}" unless bytes.empty? || bytes.start_with?("/")
        "'#{bytes.gsub("'", "'\\\\''")}'"
      end
    end

    # The end of the links, and the path itself where it is a link; {} for what is not there, or where there is no `stat`.
    attr_reader :stat, :link_stat
    # Of a link: the text in it, and where all links end. "" where the target has no `readlink`.
    attr_reader :target, :resolved
    # All bytes of a plain file, or nil.
    attr_reader :content

    def initialize(answer)
      @flags, followed, rest = answer.stdout.b.split("\n", 3)
      raise Garbled if rest.nil? || !@flags.match?(FLAGS)

      @stat = parse(followed)
      rest = take_link(rest) if link?
      @content = rest if answer.exit_status.zero? && rest.bytesize < CAP
    end

    def exist? = @flags.start_with?("e")
    def link? = @flags.include?("L")
    # A folder on the way may not be searched, so that nobody knows whether it is there.
    def hidden? = @flags == "h"
    def readable? = @flags.end_with?("r")

    # The type of the end of the links.
    def type
      @stat[:type] || TYPES[@flags[/[#{TYPES.keys.join}]/o]]
    end

    private

    def take_link(text)
      line, rest = text.split("\n", 2)
      @link_stat = parse(line)
      @target, @resolved, rest = rest.to_s.split("\0", 3)
      raise Garbled if rest.nil?

      rest
    end

    def parse(line)
      size, mode, uid, gid, mtime, owner, group, label = STAT.match(line)&.captures
      return {} if size.nil?

      mode = mode.to_i(16)
      { type: Train::Extras::Stat.find_type(mode), mode: mode & 0o7777, owner: owner, uid: uid.to_i, group: group,
        gid: gid.to_i, mtime: mtime.to_i, size: size.to_i, selinux_label: NO_LABEL.include?(label) ? nil : label }
    end
  end
end
