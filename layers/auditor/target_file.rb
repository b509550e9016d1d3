# frozen_string_literal: true

require "digest"
require "train"
require_relative "file_record"

module Muster
  # A file in the target. Train's own class asks several questions a file, in words of GNU: `stat --printf` and options
  # behind operands, which give nothing on busybox, and it puts some paths into the shell unquoted. Here one record answers
  # all, links followed or not. The answers are Train's wherever Train's are right.
  class TargetFile < Train::File::Remote::Linux
    # The kernel's own limit.
    LINKS_AT_MOST = 40
    DIGESTS = { "sha256sum" => Digest::SHA256, "md5sum" => Digest::MD5 }.freeze

    def exist?
      return true if seen.exist? || (record.link? && !@follow_symlink)

      # A dangling link's end may be there and out of sight.
      refuse if record.link? && end_of_links&.last&.hidden?
      false
    end

    # All attributes, or {} for what is not there.
    def stat
      itself? ? seen.link_stat : seen.stat
    end

    def type
      stat[:type] || (itself? ? :symlink : record.type)
    end

    def content
      return @content if defined?(@content)

      bytes = read
      @content = bytes && Muster.text(bytes)
    end

    # Shared, so that a link is asked about once.
    def source
      @source ||= super
    end

    def symlink?
      record.link?
    end

    def shallow_link_path
      record.link? ? Muster.text(record.target.dup) : nil
    end

    def mounted
      @mounted ||= @backend.run_command("mount | grep -F -- #{Shellwords.escape(" on #{@path} ")}")
    end

    private

    # Asked about the link, and not about its end.
    def itself? = !@follow_symlink && record.link?

    # Whose attributes are asked for: of what is out of sight there are none.
    def seen
      refuse if record.hidden?
      record
    end

    def record = @record ||= record_of(@path)

    def record_of(path)
      # No path holds a NUL, and no command could say it.
      return FileRecord.new(Train::Extras::CommandResult.new("\n\n", "", 1)) if path.include?("\0")

      FileRecord.new(@backend.run_command(FileRecord.question(path)))
    rescue FileRecord::Garbled
      raise Train::TransportError, "the target's shell did not say what there is at #{path}"
    end

    # "Not there" would be a guess. InSpec's word for what could not be looked at.
    def refuse
      raise Inspec::Exceptions::ResourceSkipped, "Can't tell whether #{@path} exists: a folder on the way may not be searched"
    end

    # Never what has no end or waits for a writer.
    def read
      return seen.content if seen.content
      return nil unless record.readable? && (record.type == :file || null_device?)

      # What has no size changes as it is read, and need not be the same twice.
      (checked_content unless record.stat[:size] == 0) || plain_content
    end

    def null_device? = @path == "/dev/null" && record.type == :character_device

    def checked_content
      FileRecord.content_of(@backend.run_command(FileRecord.content_question(@path)))
    rescue FileRecord::Garbled
      raise Train::TransportError, "#{@path} changed while it was read, or came in part only"
    end

    def plain_content
      answer = @backend.run_command("cat -- #{@spath}")
      answer.stdout.b if answer.exit_status.zero?
    end

    def read_target_path
      return follow_by_hand unless record.exist?

      record.resolved.empty? ? @path : Muster.text(record.resolved.dup)
    end

    # Older busybox takes a dangling link's relative target from the working folder: each step is taken here instead. The
    # answers are GNU's: where the last name could be created, or "" for a loop and for a folder that is not there.
    def follow_by_hand
      return @path if record.target.empty? # no `readlink`

      path, = end_of_links
      path ? @backend.run_command("readlink -f -n -- #{Shellwords.escape(path)}").stdout : ""
    end

    # The last path of a chain of links, with its record; nil for a loop.
    def end_of_links
      path = @path
      LINKS_AT_MOST.times do
        record = record_of(path)
        return [path, record] if !record.link? || record.target.empty?

        path = ::File.expand_path(Muster.text(record.target.dup), ::File.dirname(path))
      end
      nil
    end

    # By redirection: the output then holds no file name, which GNU would escape, and a leading dash is no option.
    def perform_checksum_unix(command)
      return DIGESTS.fetch(command).hexdigest(record.content) if record.content
      return nil unless record.readable? && (record.type == :file || null_device?)

      answer = @backend.run_command("#{command} < #{@spath}")
      answer.stdout.split.first if answer.exit_status.zero?
    end
  end
end
