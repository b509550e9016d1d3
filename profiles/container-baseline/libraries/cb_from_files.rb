# frozen_string_literal: true

require 'cb_accounts'
require 'cb_entry'
require 'cb_proc_from_files'
require 'cb_walk_from_files'

# Where a scanner can read files and cannot start a shell (a distroless image, an image in a registry), it skips what it
# cannot ask. This profile's questions are then asked of files, one by one, and answered in the words of its scripts.
# What only a shell can tell stays unsaid, and so do values that must not leave the container.
class CbFromFiles
  ACCOUNT_FILES = %w[/etc/passwd /etc/passwd- /etc/group /etc/group- /etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow-].freeze
  TYPES = { directory: 0o040000, file: 0o100000, pipe: 0o010000, socket: 0o140000,
            block_device: 0o060000, character_device: 0o020000 }.freeze

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

  # One line of `stat -L -c '%f %u %g %s %n'`; nil for what is not there.
  def entry(path)
    stat = @connection.file(path).stat
    return if stat.empty?

    format('%x %d %d %d %s', TYPES.fetch(stat[:type], 0) | stat[:mode], stat[:uid], stat[:gid], stat[:size], path)
  end

  # What a find prints; its complaints are kept beside the answer.
  def find(words)
    result = @connection.run_command("find #{words}")
    @errors.concat(utf8(result.stderr).split("\n").reject { |line| line.end_with?('No such file or directory') })
    utf8(result.stdout).split("\n")
  end

  # Bytes of a file without a size, such as those of /proc; nil where it cannot be read.
  def cat(path)
    result = @connection.run_command("cat #{path}")
    utf8(result.stdout) if result.exit_status.zero?
  end

  def user_ids = content('/etc/passwd').to_s.scan(/^[^:+-][^:]*:[^:]*:(\d+):/).flatten

  private

  def utf8(bytes) = String.new(bytes.to_s).force_encoding(Encoding::UTF_8).scrub('?')

  def content(path)
    text = @connection.file(path).content
    text && utf8(text)
  end

  def test?(flag, path) = @connection.run_command("test -#{flag} #{path}").exit_status.zero?

  # Password fields of /etc/shadow do not leave the container, so that file counts as one that cannot be read.
  def accounts
    %w[passwd group shadow].flat_map do |name|
      next ["absent #{name}"] unless @connection.file("/etc/#{name}").exist?

      text = name == 'shadow' ? nil : content("/etc/#{name}")
      text.nil? ? ["unreadable #{name}"] : ["have #{name}", *account_lines(name, text)]
    end
  end

  def account_lines(name, text)
    text.split("\n").each_with_index.flat_map do |line, index|
      place = "/etc/#{name} line #{index + 1}"
      next [] if line.empty?
      next ["legacy #{place}"] if line.start_with?('+', '-')

      fields = line.split(':')
      name == 'passwd' ? user_lines(fields, place) : [group_line(fields, place)]
    end
  end

  def user_lines(fields, place)
    name, password, uid, gid, _, home, shell = fields
    return ["bad #{place}"] unless [uid, gid].all? { |id| id.to_s.match?(/\A\d+\z/) }

    user = "user #{name}:#{uid}:#{gid}:#{kind(password.to_s)}:#{shell}:#{home}"
    return [user] if shell.to_s.match?(%r{/(nologin|false|sync|halt|shutdown)\z})

    [user, home_line("#{name}:#{uid}", home.to_s)]
  end

  def group_line(fields, place) = fields[2].to_s.match?(/\A\d+\z/) ? "group #{fields[0]}:#{fields[2]}" : "bad #{place}"

  def home_line(owner, home)
    return "nohome #{owner}:#{home}" unless home.start_with?('/') && @connection.file(home).directory?

    "home #{owner}:#{entry(home)}"
  rescue Inspec::Exceptions::ResourceSkipped
    "closedhome #{owner}:#{home}"
  end

  def kind(password)
    case password
    when '' then 'empty'
    when 'x' then 'shadow'
    when /\A[!*]/ then 'locked'
    when /\A\$(y|7|6|5|2|gy)/ then 'strong'
    else 'weak'
    end
  end

  def paths
    lines = [*ACCOUNT_FILES, '/tmp', '/var/tmp', '/root'].filter_map do |path|
      (line = entry(path)) ? "at #{line}" : "no #{path}"
    rescue Inspec::Exceptions::ResourceSkipped
      nil
    end
    [*lines, *search_path]
  end

  # Sessions get the environment that the main process began with; nothing else of it leaves the container.
  def search_path
    path = utf8(@connection.run_command('env | grep ^PATH=').stdout).chomp.delete_prefix('PATH=')
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
    told = cat('/proc/self/mountinfo').to_s.split("\n").map do |line|
      front, back = line.split(' - ', 2)
      _, _, device, root, point, options = front.split(' ')
      "mnt #{device} #{root} #{point} #{options} #{back.to_s[/\A\S+/]}"
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
