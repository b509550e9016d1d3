# frozen_string_literal: true

require "json"
require "socket"

module Muster
  # The child's end of the broker's socket. A frame is a big-endian u32, that many bytes of JSON, then the raw bytes whose
  # lengths the JSON names. One question at a time: profiles may start threads.
  class Wire
    Answer = Struct.new(:exit_status, :stdout, :stderr, :truncated)

    # The command ran out of its own time.
    class CommandTimeout < StandardError; end
    # There is no shell in the target that could be asked this.
    class CannotBeAsked < StandardError; end
    # The session is gone, or the broker spoke nonsense.
    class Broken < StandardError; end

    HEADER_LIMIT = 65_536

    def initialize(path)
      @socket = UNIXSocket.new(path)
      @lock = Mutex.new
    end

    # Gives an Answer with binary strings. `timeout_ms` bounds the command itself.
    def run(command, timeout_ms = nil)
      header = { type: "run", command: command.bytesize }
      header[:timeoutMs] = timeout_ms if timeout_ms
      @lock.synchronize do
        send_frame(header, command)
        read_answer
      end
    rescue SystemCallError, IOError => e
      raise Broken, "the broker is gone: #{e.message}"
    end

    # A one-way frame.
    def tell(header)
      @lock.synchronize { send_frame(header) }
    rescue SystemCallError, IOError
      nil # Node has hung up, and will end this process
    end

    private

    def send_frame(header, body = "")
      text = JSON.generate(header)
      @socket.write([text.bytesize].pack("N"), text, body)
    end

    def read_answer
      length = exactly(4).unpack1("N")
      raise Broken, "the broker's header is #{length} bytes" if length > HEADER_LIMIT

      header = JSON.parse(exactly(length))
      refuse(header["error"]) if header["error"]
      Answer.new(header.fetch("exitCode"), exactly(header.fetch("stdout")), exactly(header.fetch("stderr")),
                 header.fetch("truncated"))
    end

    def refuse(error)
      raise CommandTimeout, error["message"] if error["timeout"]
      raise CannotBeAsked, error["message"] if error["notAsked"]

      raise Broken, error["message"]
    end

    def exactly(length)
      return +"" if length.zero?

      bytes = @socket.read(length)
      raise Broken, "the broker hung up" if bytes.nil? || bytes.bytesize < length

      bytes
    end
  end
end
