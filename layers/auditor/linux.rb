# frozen_string_literal: true

require "fiddle"

module Muster
  # The few calls of the Linux kernel that Ruby has no word for. Each gives true when the kernel agreed.
  module Linux
    NEWNS = 0x00020000
    NEWUSER = 0x10000000
    NEWPID = 0x20000000
    NEWNET = 0x40000000

    PR_SET_PDEATHSIG = 1
    PR_SET_DUMPABLE = 4
    PR_SET_SECCOMP = 22
    PR_SET_CHILD_SUBREAPER = 36
    PR_SET_NO_NEW_PRIVS = 38

    LIBC = Fiddle.dlopen(nil)
    INT = Fiddle::TYPE_INT
    LONG = Fiddle::TYPE_LONG
    POINTER = Fiddle::TYPE_VOIDP
    PRCTL = Fiddle::Function.new(LIBC["prctl"], [INT, LONG, LONG, LONG, LONG], INT)
    UNSHARE = Fiddle::Function.new(LIBC["unshare"], [INT], INT)
    SETNS = Fiddle::Function.new(LIBC["setns"], [INT, INT], INT)
    MOUNT = Fiddle::Function.new(LIBC["mount"], [POINTER, POINTER, POINTER, LONG, POINTER], INT)
    SYSCALL = Fiddle::Function.new(LIBC["syscall"], [LONG, LONG, LONG, LONG, LONG], LONG)

    module_function

    # A call by its number, for what libc has no name for. Gives what the kernel gave, -1 for a refusal.
    def call(number, first = 0, second = 0, third = 0, fourth = 0)
      SYSCALL.call(number, first, second, third, fourth)
    end

    def prctl(option, value, pointer = 0)
      PRCTL.call(option, value, pointer, 0, 0).zero?
    end

    def unshare(flags)
      UNSHARE.call(flags).zero?
    end

    # Goes back to the namespace behind an open /proc/self/ns/… file.
    def setns(file, kind)
      SETNS.call(file.fileno, kind).zero?
    end

    def mount(source, target, type, flags)
      MOUNT.call(source, target, type, flags, nil).zero?
    end
  end
end
