# frozen_string_literal: true

require 'shellwords'
require 'cb_accounts'
require 'cb_entry'
require 'cb_proc_from_files'
require 'cb_walk_from_files'

# Where a scanner can read files and cannot start a shell (a distroless image, an image in a registry), it skips what it
# cannot ask. This profile's questions are then asked of files, one by one, and answered in the words of its scripts.
# What only a shell can tell stays unsaid, and so do values that must not leave the container.
class CbFromFiles
  ACCOUNT_FILES = %w[/etc/passwd /etc/passwd- /etc/group /etc/group- /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow-].freeze
  Told = Struct.new(:lines, :errors)

  def initialize(connection)
    @connection = connection
    @errors = []
  end

  # What a script would have told; nil for what cannot be told from files.
  def tell(script)
    lines = case script
            when CB_ACCOUNTS then accounts
            when CB_PATHS then paths
            when CB_TOOLS then tools
            when CB_MOUNTS then mounts
            when CB_WALK then CbWalkFromFiles.new(self).lines
            when CB_PROCESSES then CbProcFromFiles.new(self).processes
            when CB_PORTS then CbProcFromFiles.new(self).ports
            end
    lines && Told.new(lines, @errors)
  end

  # One line of `stat -L`; nil for what is not there. An image does not know how large a directory is.
  def entry(path)
    status('%f %u %g %s', path)
  rescue Inspec::Exceptions::ResourceSkipped
    status('%f %u %g 0', path)
  end

  # What a find prints; its complaints are kept beside the answer.
  def find(words)
    result = @connection.run_command("find #{words}")
    @errors.concat(utf8(result.stderr).split("\n").reject { |line| line.end_with?('No such file or directory') })
    # A line that does not begin a path goes on with a name that holds a newline.
    utf8(result.stdout).split("\n").slice_before { |line| line.start_with?('/') }.map { |lines| lines.join("\n") }
  end

  # Bytes of a file without a size, such as those of /proc; nil where it cannot be read.
  def cat(path)
    result = @connection.run_command("cat #{path}")
    utf8(result.stdout) if result.exit_status.zero?
  end

  def user_ids = users.to_a.reject { |line| line.start_with?('+', '-') }.filter_map { |line| line.split(':')[1] }.grep(/\A\d+\z/)

  private

  def utf8(bytes) = String.new(bytes.to_s).force_encoding(Encoding::UTF_8).scrub('?')

  def status(format, path)
    result = @connection.run_command("stat -L -c '#{format} %n' #{Shellwords.escape(path)}")
    return utf8(result.stdout).chomp if result.exit_status.zero?

    @errors.concat(utf8(result.stderr).split("\n").grep(/Permission denied/))
    nil
  end

  # Without password fields, which stay where they are. An image has no filters, and lies outside its containers already.
  def users
    @users ||= filtered('cut -d: -f1,3-7', '/etc/passwd')
  rescue Inspec::Exceptions::ResourceSkipped
    @users = cat('/etc/passwd')&.split("\n")&.map { |line| line.split(':', -1).values_at(0, 2..).join(':') }
  end

  # What a filter leaves of a file; nil where it cannot be read.
  def filtered(filter, path)
    result = @connection.run_command("#{filter} <#{path}")
    # The container's own word, where its image has no such program.
    raise Inspec::Exceptions::ResourceSkipped, "there is no #{filter[/\w+/]}" if result.exit_status == 127

    utf8(result.stdout).split("\n") if result.exit_status.zero?
  end

  def test?(flag, path) = @connection.run_command("test -#{flag} #{Shellwords.escape(path)}").exit_status.zero?

  # Of passwords nothing is told: every account's counts as one in /etc/shadow, and that as closed.
  def accounts
    tables = { 'passwd' => users, 'group' => cat('/etc/group')&.split("\n") }
    told = tables.flat_map do |name, lines|
      next [test?('e', "/etc/#{name}") ? "unreadable #{name}" : "absent #{name}"] if lines.nil?

      ["have #{name}", *lines.each.with_index(1).flat_map { |line, number| account(name, line, "/etc/#{name} line #{number}") }]
    end
    [*told, 'unreadable shadow']
  end

  def account(table, line, place)
    return [] if line.empty?
    return ["legacy #{place}"] if line.start_with?('+', '-')

    name, *fields = line.split(':')
    return [fields[1].to_s.match?(/\A\d+\z/) ? "group #{name}:#{fields[1]}" : "bad #{place}"] if table == 'group'

    uid, gid, _, home, shell = fields
    return ["bad #{place}"] unless [uid, gid].all? { |id| id.to_s.match?(/\A\d+\z/) }

    user = "user #{name}:#{uid}:#{gid}:shadow:#{shell}:#{home}"
    shell.to_s.match?(%r{/(nologin|false|sync|halt|shutdown)\z}) ? [user] : [user, home_of("#{name}:#{uid}", home.to_s)]
  end

  def home_of(owner, home)
    return "nohome #{owner}:#{home}" unless home.start_with?('/') && test?('d', home)

    line = entry(home)
    line ? "home #{owner}:#{line}" : "closedhome #{owner}:#{home}"
  end

  def paths
    lines = [*ACCOUNT_FILES, '/tmp', '/var/tmp', '/root'].filter_map do |path|
      (line = entry(path)) ? "at #{line}" : "no #{path}"
    rescue Inspec::Exceptions::ResourceSkipped # something is mounted over it
      nil
    end
    [*lines, *search_path]
  end

  # Sessions get the environment that the main process began with; nothing else of it leaves the container.
  def search_path
    result = @connection.run_command('env | grep ^PATH=')
    # An image whose files hold neither program says nothing of the PATH.
    return ['#nopath'] unless result.exit_status.zero?

    path = utf8(result.stdout).chomp.delete_prefix('PATH=')
    bad = ":#{path}:".match?(/::|:\.:/) ? ['badpath (an empty element or .)'] : []
    bad + path.split(':').flat_map { |place| path_lines(place) }
  rescue Inspec::Exceptions::ResourceSkipped
    ['#nopath']
  end

  def path_lines(place)
    return [] if ['', '.'].include?(place)
    return ["badpath #{place}"] unless place.start_with?('/')

    line = entry("#{place}/.")
    ["path #{place}", *("at #{line}" if line)]
  end

  def tools
    wanted = CB_TOOLS[/for n in (.*?); do/m, 1].tr('\\', ' ').split
    named = wanted.map { |name| "-name #{name}" }.join(' -o ')
    CB_TOOLS[/for d in (.*?);/, 1].split.flat_map do |directory|
      next [] if !test?('d', directory) || test?('L', directory)

      before = @errors.length
      found = find("#{directory} -mindepth 1 -maxdepth 1 '(' #{named} ')'")
      next ["closed #{directory}"] if @errors.slice!(before..).any?

      programs = found.select { |path| test?('x', path) && !test?('d', path) }
      [*programs.map { |path| "tool #{File.basename(path)} #{path}" }, "seen #{directory}"]
    end
  end

  # Fields of mountinfo as in the script: super options are left out.
  def mounts
    told = (filtered("grep -oE '^.* - [^ ]+'", '/proc/self/mountinfo') || []).map do |line|
      _, _, device, root, point, options, *, type = line.split(' ')
      "mnt #{device} #{root} #{point} #{options} #{type}"
    end
    return ['#trouble no /proc/self/mountinfo that shows the root filesystem'] if told.none? { |line| line.split(' ')[3] == '/' }

    [*told, *devices, *sockets]
  end

  def devices
    return [] unless test?('d', '/dev')

    memory = %w[/dev/mem /dev/kmem /dev/port /dev/kmsg].select { |path| test?('c', path) }
    blocks = find('/dev -mindepth 1 -maxdepth 1 -type b')
    [*blocks.map { |path| "block #{path}" }, *memory.map { |path| "memory #{path}" }, 'devices']
  end

  def sockets
    token = '/var/run/secrets/kubernetes.io/serviceaccount/token'
    open = CB_MOUNTS[/for f in (\S+\.sock .*?);/, 1].split.select { |path| test?('S', path) }
    [*open.map { |path| "socket #{path}" }, *("token #{token}" if test?('e', token))]
  end
end
