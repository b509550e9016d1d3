# frozen_string_literal: true

require "train"

module Muster
  # A file in the target. Train's own class asks in words of GNU: `stat --printf` and options behind operands, which give
  # nothing on busybox, and it puts some paths into the shell unquoted. The answers are Train's wherever Train's are right.
  class TargetFile < Train::File::Remote::Linux
    STAT_FORMAT = "'%s\n%f\n%U\n%u\n%G\n%g\n%X\n%Y\n%C'"
    NO_LABEL = ["?", "C", "(null)"].freeze
    # What `test` knows where the target has no `stat`.
    TYPE_TESTS = { "-d" => :directory, "-f" => :file, "-p" => :pipe, "-S" => :socket, "-b" => :block_device,
                   "-c" => :character_device }.freeze

    # The kernel's own limit.
    LINKS_AT_MOST = 40
    ENDLESS = %i[pipe character_device block_device].freeze

    def exist?
      return @exist if defined?(@exist)

      dangling = @follow_symlink ? "" : " || test -L #{@spath}"
      @exist = @backend.run_command("test -e #{@spath}#{dangling}").exit_status.zero?
    end

    # All attributes in one answer, or {} for what is not there.
    def stat
      return @stat if defined?(@stat)

      follow = @follow_symlink ? " -L" : ""
      # The exit code says nothing: it is not 0 as well where labels are not supported.
      answer = @backend.run_command("stat#{follow} -c #{STAT_FORMAT} -- #{@spath}")
      @stat_missing = answer.exit_status == 127
      @stat = fields_of(answer.stdout.split("\n"))
    end

    def type
      return stat[:type] unless stat.empty? && @stat_missing

      @type ||= type_by_tests
    end

    def content
      return @content if defined?(@content)

      @content = readable_at_all? ? read : nil
    end

    # Shared, so that a link is asked about once.
    def source
      @source ||= super
    end

    def shallow_link_path
      return nil unless symlink?

      @shallow_link_path ||= @backend.run_command("readlink -- #{@spath}").stdout.chomp
    end

    def mounted
      @mounted ||= @backend.run_command("mount | grep -F -- #{Shellwords.escape(" on #{@path} ")}")
    end

    private

    def fields_of(lines)
      return {} if lines.length != 9

      mode = lines[1].to_i(16)
      { type: Train::Extras::Stat.find_type(mode), mode: mode & 0o7777,
        owner: lines[2], uid: lines[3].to_i, group: lines[4], gid: lines[5].to_i,
        mtime: lines[7].to_i, size: lines[0].to_i, selinux_label: NO_LABEL.include?(lines[8]) ? nil : lines[8] }
    end

    # Reading a pipe waits for a writer, and a device may have no end. What `stat` says is not there need not be read either.
    def readable_at_all?
      return true if @path == "/dev/null"
      return false if stat.empty? && !@stat_missing

      !ENDLESS.include?(type)
    end

    def read
      bytes = @backend.run_command("cat -- #{@spath}").stdout
      # Nothing was read: right for an empty file only.
      bytes.empty? && (directory? || !known_empty?) ? nil : bytes
    end

    # No `stat` says how large it is: `test -s` does.
    def known_empty?
      return size.zero? unless size.nil?

      @stat_missing && @backend.run_command("test -f #{@spath} && test -r #{@spath} && ! test -s #{@spath}").exit_status.zero?
    end

    def type_by_tests
      flags = @follow_symlink ? TYPE_TESTS : { "-L" => :symlink }.merge(TYPE_TESTS)
      steps = flags.map { |flag, name| "if test #{flag} #{@spath}; then echo #{name}; el" }
      word = @backend.run_command("#{steps.join.delete_suffix("el")}fi").stdout.chomp
      word.empty? ? nil : word.to_sym
    end

    def read_target_path
      return follow_by_hand unless exist?

      resolve(@spath) || @path
    end

    # Older busybox takes a dangling link's relative target from the working folder: each step is taken here instead. The
    # answers are GNU's: where the last name could be created, or "" for a loop and for a folder that is not there.
    def follow_by_hand
      path = @path
      LINKS_AT_MOST.times do
        step = @backend.run_command("readlink -- #{Shellwords.escape(path)}")
        return @path if step.exit_status == 127
        return resolve(Shellwords.escape(path)) || @path unless step.exit_status.zero?

        path = ::File.expand_path(step.stdout.chomp, ::File.dirname(path))
      end
      ""
    end

    # Nil where the target has no `readlink`.
    def resolve(quoted)
      answer = @backend.run_command("readlink -f -n -- #{quoted}")
      answer.exit_status == 127 ? nil : answer.stdout
    end

    # By redirection: the output then holds no file name, which GNU would escape, and a leading dash is no option.
    def perform_checksum_unix(command)
      return nil unless readable_at_all?

      answer = @backend.run_command("#{command} < #{@spath}")
      answer.stdout.split.first if answer.exit_status.zero?
    end
  end
end
