# frozen_string_literal: true

# The walk of CB_WALK by finds that only print, each place then looked at by itself.
class CbWalkFromFiles
  # More are not looked at one by one.
  MOST = 2000

  # The root filesystem: closed directories, what all can write, setuid and setgid files, devices, and telling names.
  ROOT = %w[
    -type d ! -perm -0001 -o ! -type l -perm -0002 -o -type f -perm -4000 -o -type f -perm -2000 -o -type b -o -type c
    -o -type f '(' -name .*_history -o -name .rhosts -o -name .shosts -o -name hosts.equiv -o -name shosts.equiv
    -o -name authorized_keys -o -name authorized_keys2 -o -name .netrc -o -name .git-credentials -o -name .pypirc
    -o -name .dockercfg -o -name .pgpass -o -name .my.cnf -o -name id_[der]* -o -name *.p12 -o -name *.pfx -o -name *.jks
    -o -name *.keystore -o -name kubeconfig -o -name *.kubeconfig -o -name credentials -o -name config.json -o -name config
    -o -name *oken* -o -name *credentials* -o -name core -o -name core.[0-9]* -o -name *.hprof ')'
    -o -type d '(' -name pip -o -name _cacache -o -name go-build -o -name registry -o -name yarn
    -o -name .git -o -name .svn -o -name .hg -o -name .bzr ')'
  ].map { |word| word.match?(/[*\[]/) ? "'#{word}'" : word }.join(' ').freeze

  CHANGEABLE = "! -type l '(' ! -user 0 -o -perm -0020 ')'"
  PROGRAMS = %w[/bin /sbin /lib /lib32 /lib64 /libx32 /usr/bin /usr/sbin /usr/lib /usr/lib32 /usr/lib64 /usr/libexec
                /usr/local/bin /usr/local/sbin /usr/local/lib /etc].freeze
  KEPT = %w[/var/lib/apt/lists /var/cache/apt /var/cache/apk /etc/apk/cache /var/cache/dnf /var/cache/yum
            /var/spool/cron /var/spool/at].freeze

  def initialize(files)
    @files = files
  end

  def lines
    found = places
    return ["#trouble #{found.length} places are too many to look at one by one"] if found.length > MOST

    found.filter_map { |path| @files.entry(path) }
  end

  private

  def places
    unowned = @files.user_ids.uniq.map { |uid| "! -user #{uid}" }.join(' ')
    everywhere = unowned.empty? ? ROOT : "#{ROOT} -o ! -type l #{unowned}"
    found = @files.find("/ -xdev '(' #{everywhere} ')'")
    found += PROGRAMS.flat_map { |top| @files.find("#{top} -xdev #{CHANGEABLE}") }
    found += KEPT.flat_map { |top| @files.find("#{top} -xdev -type f") }
    found.uniq
  end
end
