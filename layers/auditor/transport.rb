# frozen_string_literal: true

require "train"
require_relative "linux_scanner"
require_relative "not_asked"
require_relative "target_file"
require_relative "windows_file"
require_relative "windows_scanner"
require_relative "wire"

module Muster
  # Text is UTF-8 where the bytes are; other bytes stay as they are and are marked binary, never scrubbed.
  def self.text(bytes)
    utf8 = bytes.force_encoding(Encoding::UTF_8)
    utf8.valid_encoding? ? utf8 : utf8.force_encoding(Encoding::BINARY)
  end

  # The Train transport "muster": each command is a question to the broker.
  class Transport < Train.plugin(1)
    name "muster"

    class << self
      # One process is one scan, so that these need no way through Train's options.
      attr_accessor :wire, :identity, :os
    end

    def connection(_options = nil)
      @connection ||= Connection.new(@options)
    end

    # Commands and files of the one container that this process looks at.
    class Connection < BaseConnection
      def uri
        Transport.identity.fetch("uri")
      end

      # Without this, InSpec reads up to eight files to find one.
      def unique_identifier
        Transport.identity.fetch("uniqueId")
      end

      def close; end

      def platform
        scanner = { "linux" => LinuxScanner, "windows" => WindowsScanner }[Transport.os]
        return super if scanner.nil?

        @platform ||= scanner.new(self).scan
      end
      alias os platform

      # Train's cache of files knows a path only, and would follow a link for who asked not to.
      def file(path, *args)
        args.all? ? super : file_via_connection(path, *args)
      end

      private

      # Train looks at the arity: with one argument fewer it would drop `timeout`. Its cache keeps answers only, so that a
      # command which gave none would run again for each check that asks. Who gives it longer than it had may get one.
      def run_command_via_connection(command, opts)
        @without_answer ||= {}
        timeout = opts[:timeout]&.to_f
        error, longest = @without_answer[command]
        raise error if error && (longest.nil? || (timeout && timeout <= longest))

        begin
          answer_to(command, opts[:timeout])
        rescue Train::Error, NotAsked => e
          @without_answer[command] = [e, (timeout if e.is_a?(Train::CommandTimeoutReached))]
          raise
        end
      end

      def answer_to(command, timeout)
        answer = Transport.wire.run(command.to_s.b, timeout && (timeout.to_f * 1000).ceil)
        if answer.truncated
          raise Train::TransportError, "the output of this command was too large to be read whole: #{command[0, 200]}"
        end

        Train::Extras::CommandResult.new(Muster.text(answer.stdout), Muster.text(answer.stderr), answer.exit_status)
      rescue Wire::CommandTimeout
        raise Train::CommandTimeoutReached, "command ran out of its #{timeout} seconds: #{command[0, 200]}"
      rescue Wire::CannotBeAsked => e
        raise NotAsked, e.message
      rescue Wire::Broken => e
        raise Train::TransportError, e.message
      end

      def file_via_connection(path, *args)
        return WindowsFile.new(self, path, *args) if os.windows?

        TargetFile.new(self, path, *args)
      end
    end
  end
end
