# frozen_string_literal: true

require 'cb_search'
require 'cb_entry'
require 'cb_walk_command'
require 'cb_accounts'
require 'cb_mounts'

# One walk over the root filesystem (never over /proc, /sys, /dev or a mounted volume) answers a theme of questions.
class ContainerWalk < Inspec.resource(1)
  name 'container_walk'
  desc 'Places on the root filesystem that a question asks for, from one find'
  example "describe container_walk(:world_writable_files) do\n  it { should find_nothing }\nend"

  include CbSearch

  SYSTEM = %r{\A/(usr/(local/)?)?(bin|sbin|lib\w*)/}.freeze
  STARTUP = %r{\A/etc/(profile\z|profile\.d/|bash\.bashrc|bashrc|bash/|zsh|environment\z|skel/|csh)}.freeze
  CRON = %r{\A/(etc/(cron|anacrontab)|var/spool/(cron|at))}.freeze
  HISTORY = /\/\.\w*_history\z/.freeze
  TRUST = %r{/(\.rhosts|\.shosts|s?hosts\.equiv)\z}.freeze
  CREDENTIALS = {
    'netrc logins' => %r{/\.netrc\z}, 'Git credentials' => %r{/\.git-credentials\z}, 'PyPI credentials' => %r{/\.pypirc\z},
    'registry credentials' => %r{/(\.dockercfg|\.docker/config\.json)\z}, 'database password' => %r{/(\.pgpass|\.my\.cnf)\z},
    'SSH private key' => %r{/id_(rsa|dsa|ecdsa|ed25519)\w*\z}, 'key store' => /\.(p12|pfx|jks|keystore)\z/,
    'Kubernetes configuration' => %r{(/|\.)kubeconfig\z|/\.kube/config\z}, 'AWS credentials' => %r{/\.aws/credentials\z},
    'Azure token' => %r{/\.azure/.*oken}, 'Google Cloud credentials' => %r{/gcloud/.*credentials}
  }.freeze
  SYSTEM_CACHE = %r{\A(/var/lib/apt/lists/|/var/cache/(apt|apk|dnf|yum)/|/etc/apk/cache/)}.freeze
  LANGUAGE_CACHE = %r{/(\.cache/(pip|go-build|yarn)|\.npm/_cacache|\.cargo/registry)\z}.freeze

  def initialize(question, options = {})
    @allowed = Array(options[:allow])
    @answer = ask(CB_WALK)
    @mounts = mount_points
    read_entries
    read_errors
    send(question)
  end

  private

  def world_writable_files
    reachable('world-writable files') { |e| !e.dir? && !e.device? && e.mode & 0o170000 != 0o140000 && e.world_writable? }
  end

  def world_writable_directories
    reachable('world-writable directories without the sticky bit') { |e| e.dir? && e.world_writable? && !e.sticky? }
  end

  def setid_files
    reachable('setuid or setgid files that are not on the allow-list') do |e|
      e.setid? && !@allowed.include?(e.path) && !@allowed.include?(e.path.delete_prefix('/usr'))
    end
  end

  def device_files
    reachable('device files outside /dev', &:device?)
  end

  def unowned
    known = CbAccounts.uids(ask(CB_ACCOUNTS))
    doubt = known.nil? ? 'there is no readable /etc/passwd to compare owners with' : unlooked
    conclude('files owned by a user that /etc/passwd does not know',
             known.nil? ? [] : entries.reject { |e| known.include?(e.uid) }.map { |e| "#{e.path} (uid #{e.uid})" }, doubt)
  end

  def writable_system_files
    reachable('system programs or libraries that somebody else than root can change', within: %w[/bin /sbin /lib /usr]) { |e| e.path.match?(SYSTEM) && changeable?(e) }
  end

  def writable_configuration
    reachable('files under /etc that somebody else than root can change', within: %w[/etc]) do |e|
      e.path.start_with?('/etc/') && !e.path.match?(STARTUP) && !e.path.match?(CRON) && changeable?(e)
    end
  end

  def writable_startup_files
    reachable('shell start-up files that somebody else than root can change', within: %w[/etc]) { |e| e.path.match?(STARTUP) && changeable?(e) }
  end

  def writable_job_tables
    reachable('job tables of cron or at that somebody else than root can change', within: %w[/etc /var/spool]) do |e|
      e.path.match?(CRON) && (e.world_writable? || (e.path.start_with?('/etc/') && changeable?(e)))
    end
  end

  def personal_job_tables
    everywhere('personal job tables of cron or at', within: %w[/var/spool]) { |e| e.file? && e.path.match?(%r{\A/var/spool/(cron|at)/}) && e.size.positive? }
  end

  def history_files = everywhere('shell or client history files') { |e| e.file? && e.path.match?(HISTORY) && e.size.positive? }
  def trust_files = everywhere('host-based trust files (.rhosts, hosts.equiv)') { |e| e.path.match?(TRUST) }
  def authorized_keys = everywhere('SSH authorized_keys files') { |e| e.path.match?(%r{/authorized_keys2?\z}) && e.size.positive? }
  def core_dumps = everywhere('core or heap dumps') { |e| e.file? && e.path.match?(%r{/core(\.\d+)?\z|\.hprof\z}) && e.size.positive? }
  def system_caches = everywhere('package lists or archives left by a package manager', within: %w[/var/lib/apt /var/cache/apt /var/cache/apk /var/cache/dnf /var/cache/yum /etc/apk]) { |e| e.file? && e.path.match?(SYSTEM_CACHE) && e.size.positive? }
  def language_caches = everywhere('download caches of language package managers') { |e| e.dir? && e.path.match?(LANGUAGE_CACHE) }
  def version_control = everywhere('version control directories') { |e| e.dir? && e.path.match?(%r{/\.(git|svn|hg|bzr)\z}) }

  def credential_files
    named = entries.flat_map do |e|
      CREDENTIALS.filter_map { |kind, pattern| "#{e.path}: #{kind}" if e.file? && e.size.positive? && e.path.match?(pattern) }
    end
    conclude('credential files in well-known places', named.reject { |place| @allowed.include?(place.sub(/: [^:]*\z/, '')) }, unlooked)
  end

  def changeable?(entry)
    (entry.writable_by_others? && !(entry.dir? && entry.sticky?)) || (!entry.uid.zero? && !entry.setid?)
  end

  # A place that was refused matters to a question only where the question's places may lie below it. The `partial`
  # folders of apt are closed to all but its own account and hold nothing that was finished.
  def everywhere(subject, within: ['/'], refused: @refused, &wanted)
    missed = refused.select do |dir|
      within.any? { |top| dir == top || dir.start_with?(top) || top.start_with?("#{dir}/") } && !dir.match?(%r{\A/var/(lib|cache)/apt/.*partial\z})
    end
    conclude(subject, list(entries.select(&wanted)), unlooked(missed))
  end

  # Questions about what others can use: a directory that only root can enter is no place for them, looked into or not.
  # So the verdict is the same whether the scan runs as root or not.
  def reachable(subject, within: ['/'], &wanted)
    open = ->(entry) { wanted.call(entry) && @closed.none? { |dir| entry.path.start_with?("#{dir}/") } }
    everywhere(subject, within: within, refused: @refused - @closed, &open)
  end

  def list(found)
    found.reject { |e| @allowed.include?(e.path) }.map { |e| e.dir? && e.world_writable? ? "#{e.path}/" : e.path }
  end

  def entries
    @entries ||= []
  end

  # A file name may hold a newline; its second half then does not look like an entry and is joined to the first.
  def read_entries
    @answer.lines.each do |line|
      entry = CbEntry.read(line)
      if entry
        entries << entry
      elsif entries.any?
        entries.last.path += "?#{line}"
      end
    end
    @closed = entries.select(&:closed?).map(&:path)
    @entries = entries.reject { |e| CbMounts.mounted?(e.path, @mounts) }
  end

  # "find: '/root': Permission denied" is a place not looked into; a file that vanished meanwhile is no longer there;
  # any other complaint (no stat, say) makes the whole walk doubtful.
  def read_errors
    @refused = []
    @complaints = []
    @answer.errors.each do |line|
      case line
      when %r{: ['‘]?(/.*?)['’]?: Permission denied\z} then @refused << Regexp.last_match(1)
      when %r{ ['‘]?/.*: No such file or directory\z} then next
      else @complaints << line[0, 160]
      end
    end
    @refused.reject! { |path| CbMounts.mounted?(path, @mounts) }
  end

  def unlooked(refused = @refused)
    return @answer.trouble if @answer.trouble
    return @complaints.first if @complaints.any?
    return 'find ended with an error and did not say which' if !@answer.clean? && @answer.errors.empty?
    return if refused.empty?

    "no permission to look into #{refused.length} directories: #{refused.first(5).join(', ')}"
  end
end
