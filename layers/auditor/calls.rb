# frozen_string_literal: true

require "fiddle"
require_relative "linux"

module Muster
  # A seccomp filter, which needs no privilege but "no new privileges": no more sockets of any family (a Unix one would reach
  # another scan's broker), no signals but to oneself, no look into other processes. The refused call gives EPERM. On an
  # architecture that is not listed there is no filter.
  module Calls
    # Audit architecture, then the numbers of the calls.
    TABLES = {
      "x86_64" => { arch: 0xC000003E, socket: 41, kill: 62, tkill: 200, tgkill: 234, ptrace: 101, process_vm_readv: 310,
                    process_vm_writev: 311 },
      "aarch64" => { arch: 0xC00000B7, socket: 198, kill: 129, tkill: 130, tgkill: 131, ptrace: 117,
                     process_vm_readv: 270, process_vm_writev: 271 }
    }.freeze
    # The same number everywhere: these came after the tables were joined.
    PIDFD_SEND_SIGNAL = 424
    IO_URING_SETUP = 425
    X32_BIT = 0x40000000

    LOAD = 0x20 # a word of seccomp_data
    EQUAL = 0x15
    AT_LEAST = 0x35
    GIVE = 0x06
    ALLOW = 0x7fff0000
    REFUSE = 0x00050000 | Errno::EPERM::Errno

    NUMBER = 0
    ARCH = 4
    FIRST_ARGUMENT = 16

    module_function

    def forbid
      table = TABLES[RbConfig::CONFIG["host_cpu"]] or return false
      program = program_for(table)
      code = program.map { |step| step.pack("SCCL") }.join
      address = Fiddle::Pointer[code]
      description = [program.size].pack("Sx6") + [address.to_i].pack("Q")
      Linux.prctl(Linux::PR_SET_SECCOMP, 2, Fiddle::Pointer[description].to_i)
    end

    # A step is [what, jump when true, jump when false, value]. Each block ends in a verdict or falls to the next.
    def program_for(table)
      never = table.values_at(:socket, :ptrace, :process_vm_readv, :process_vm_writev) + [PIDFD_SEND_SIGNAL, IO_URING_SETUP]
      [
        [LOAD, 0, 0, ARCH], [EQUAL, 1, 0, table[:arch]], [GIVE, 0, 0, REFUSE],
        [LOAD, 0, 0, NUMBER], [AT_LEAST, 0, 1, X32_BIT], [GIVE, 0, 0, REFUSE],
        *never.flat_map { |number| [[EQUAL, 0, 1, number], [GIVE, 0, 0, REFUSE]] },
        *only_with(table[:kill], Process.pid),
        *only_with(table[:tkill], Process.pid),
        *only_with(table[:tgkill], Process.pid),
        [GIVE, 0, 0, ALLOW]
      ]
    end

    # This call with this first argument, and with no other.
    def only_with(number, argument)
      [[EQUAL, 0, 4, number], [LOAD, 0, 0, FIRST_ARGUMENT], [EQUAL, 0, 1, argument], [GIVE, 0, 0, ALLOW],
       [GIVE, 0, 0, REFUSE]]
    end
  end
end
