#!/usr/bin/ruby
# frozen_string_literal: true

# Stands for Ruby on a kernel before Landlock: its calls are not there, for this process and all that it becomes.
require File.join(File.dirname(File.realpath(__FILE__)), "../../layers/auditor/linux")

load_number = [0x20, 0, 0, 0]
not_implemented = [0x06, 0, 0, 0x00050000 | Errno::ENOSYS::Errno]
steps = [load_number, *(444..446).flat_map { |number| [[0x15, 0, 1, number], not_implemented] }, [0x06, 0, 0, 0x7fff0000]]
code = Fiddle::Pointer[steps.map { |step| step.pack("SCCL") }.join]
description = Fiddle::Pointer[[steps.size].pack("Sx6") + [code.to_i].pack("Q")]
Muster::Linux.prctl(Muster::Linux::PR_SET_NO_NEW_PRIVS, 1)
abort "no seccomp" unless Muster::Linux.prctl(Muster::Linux::PR_SET_SECCOMP, 2, description.to_i)
exec("/usr/bin/ruby", *ARGV)
