# frozen_string_literal: true

require 'cb_search'
require 'cb_accounts'

class ContainerAccounts < Inspec.resource(1)
  name 'container_accounts'
  desc 'What /etc/passwd, /etc/group and /etc/shadow say, without any password field'
  example "describe container_accounts(:without_password) do\n  it { should find_nothing }\nend"

  include CbSearch

  def initialize(question, options = {})
    @allowed = Array(options[:allow])
    @system_uid_max = options.fetch(:system_uid_max, 999).to_i
    @answer = ask(CB_ACCOUNTS)
    @users = CbAccounts.users(@answer)
    send(question)
  end

  private

  def malformed
    missing = (@answer.tagged('absent') & %w[passwd group]).map { |file| "/etc/#{file}: missing" }
    bad = @answer.tagged('bad').map { |place| "#{place}: malformed" }
    conclude('missing account files or malformed lines in them', missing + bad, unread('passwd', 'group', absent_too: false))
  end

  def without_password
    found = CbAccounts.passwords(@answer).select { |_, kind| kind == 'empty' }.keys
    conclude('accounts without a password', found, unread_passwords)
  end

  def with_password
    found = CbAccounts.passwords(@answer).select { |_, kind| %w[weak strong].include?(kind) }.keys
    conclude('accounts that can log in with a password', found - @allowed, unread_passwords)
  end

  def weak_hashes
    found = CbAccounts.passwords(@answer).select { |_, kind| kind == 'weak' }.keys
    exposed = @users.select { |user| %w[weak strong].include?(user.password) }.map { |user| "#{user.name} (in /etc/passwd)" }
    conclude('passwords with a weak hash or kept in /etc/passwd', found + exposed, unread_passwords)
  end

  def second_root
    conclude('accounts other than root with uid 0', @users.select { |u| u.uid.zero? && u.name != 'root' }.map(&:name), unread('passwd'))
  end

  def duplicates
    groups = CbAccounts.groups(@answer)
    found = twice(@users.map(&:name), 'user') + twice(@users.map(&:uid), 'uid') +
            twice(groups.map(&:first), 'group') + twice(groups.map(&:last), 'gid')
    conclude('user or group names or numbers given twice', found, unread('passwd', 'group'))
  end

  def missing_groups
    gids = CbAccounts.groups(@answer).map(&:last)
    found = @users.reject { |u| gids.include?(u.gid) }.map { |u| "#{u.name} (gid #{u.gid})" }
    doubt = unread('passwd', 'group')
    conclude('accounts whose group does not exist', doubt ? [] : found, doubt)
  end

  def legacy_entries
    conclude("legacy '+' or '-' entries in /etc/passwd and /etc/group", @answer.tagged('legacy'), unread('passwd', 'group'))
  end

  def system_logins
    found = @users.select { |u| u.uid.between?(1, @system_uid_max) && u.login_shell? }.map { |u| "#{u.name} (#{u.shell.empty? ? '/bin/sh' : u.shell})" }
    conclude('system accounts with a login shell', found.reject { |place| @allowed.include?(place[/\A\S+/]) }, unread('passwd'))
  end

  # `closedhome`: the home is there, but what it is cannot be told.
  def homes
    found = @answer.tagged('nohome').map { |line| line.split(':', 3) }.map { |name, _, home| "#{name}: #{home} is not there" }
    found += @answer.tagged('home').flat_map do |line|
      name, uid, rest = line.split(':', 3)
      entry = CbEntry.read(rest.to_s)
      entry ? home_faults(name, uid.to_i, entry) : []
    end
    closed = @answer.tagged('closedhome').map { |line| line.split(':', 3).last }
    doubt = unread('passwd') || ("there is no stat to look at #{closed.uniq.join(', ')}" if closed.any?) || stat_complaint
    conclude('login accounts whose home is missing, not their own or open to changes by others', found, doubt)
  end

  def home_faults(name, uid, entry)
    path = entry.path
    faults = []
    faults << "#{name}: #{path} belongs to uid #{entry.uid}" unless [uid, 0].include?(entry.uid)
    faults << "#{name}: #{path} is writable by others" if entry.writable_by_others?
    faults
  end

  def stat_complaint = @answer.errors.grep(/stat/).first&.slice(0, 160)

  def twice(values, what)
    values.tally.select { |_, count| count > 1 }.keys.map { |value| "#{what} #{value}" }
  end

  def unread(*files, absent_too: true)
    return @answer.trouble if @answer.trouble

    closed = @answer.tagged('unreadable') & files
    closed += @answer.tagged('absent') & files if absent_too
    "no readable #{closed.map { |file| "/etc/#{file}" }.join(' and ')}" if closed.any?
  end

  # Without /etc/shadow an `x` in /etc/passwd leaves an account without any password that could be used.
  def unread_passwords = unread('passwd') || unread('shadow', absent_too: false)
end
