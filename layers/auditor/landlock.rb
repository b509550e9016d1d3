# frozen_string_literal: true

require "fiddle"
require_relative "linux"

module Muster
  # Landlock (Linux 5.13): a process gives up files for good, and any look into processes that have not given them up. On a
  # kernel without it nothing happens.
  module Landlock
    CREATE_RULESET = 444
    ADD_RULE = 445
    RESTRICT_SELF = 446
    PATH_BENEATH = 1

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    # Removing and making files of any kind.
    CHANGE_TREE = (4..12).sum { |bit| 1 << bit }
    TRUNCATE = 1 << 14

    READ = EXECUTE | READ_FILE | READ_DIR
    # A rule for what is no folder may speak of these only.
    ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE

    module_function

    # Gives true when the kernel holds to it from now on.
    def enforce(writable:, readable:)
      version = Linux.call(CREATE_RULESET, 0, 0, 1)
      return false if version < 1

      handled = READ | WRITE_FILE | CHANGE_TREE | (version >= 3 ? TRUNCATE : 0)
      attributes = [handled].pack("Q")
      ruleset = Linux.call(CREATE_RULESET, Fiddle::Pointer[attributes].to_i, attributes.bytesize)
      return false if ruleset.negative?

      writable.each { |path| allow(ruleset, path, handled) }
      readable.each { |path| allow(ruleset, path, READ) }
      Linux.call(RESTRICT_SELF, ruleset).zero?
    ensure
      IO.for_fd(ruleset).close if ruleset&.positive?
    end

    # A path that is not there needs no rule.
    def allow(ruleset, path, access)
      File.open(path, File::RDONLY | File::NONBLOCK) do |file|
        access &= ON_FILES unless file.stat.directory?
        rule = [access, file.fileno].pack("Ql")
        Linux.call(ADD_RULE, ruleset, PATH_BENEATH, Fiddle::Pointer[rule].to_i)
      end
    rescue SystemCallError
      nil
    end
  end
end
