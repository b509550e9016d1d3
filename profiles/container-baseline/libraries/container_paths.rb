# frozen_string_literal: true

require 'cb_search'
require 'cb_entry'
require 'cb_mounts'
require 'cb_walk_command'

class ContainerPaths < Inspec.resource(1)
  name 'container_paths'
  desc 'Owner and mode of account files, of /tmp, /root and of the search path'
  example "describe container_paths(:shadow) do\n  it { should find_nothing }\nend"

  include CbSearch

  def initialize(question)
    @answer = ask(CB_PATHS)
    @entries = @answer.tagged('at').filter_map { |line| CbEntry.read(line) }
    send(question)
  end

  private

  def account_files
    judge('account files not owned by root or writable by others', %w[/etc/passwd /etc/passwd- /etc/group /etc/group-]) do |e|
      !e.uid.zero? || e.writable_by_others? || e.mode & 0o111 != 0
    end
  end

  def shadow
    judge('password files that others can read or change', %w[/etc/shadow /etc/shadow- /etc/gshadow /etc/gshadow-]) do |e|
      !e.uid.zero? || e.mode & 0o137 != 0
    end
  end

  def temporary
    # A volume there is the pod's own, and Kubernetes makes each emptyDir 0777.
    judge('shared temporary directories without the sticky bit', %w[/tmp /var/tmp] - mount_points) { |e| e.writable_by_others? && !e.sticky? }
  end

  def root_home
    judge("access for others to root's home", %w[/root]) { |e| !e.uid.zero? || e.mode & 0o027 != 0 }
  end

  def search_path
    directories = @answer.tagged('path').uniq
    found = @entries.select { |e| e.path.end_with?('/.') && (!e.uid.zero? || e.writable_by_others?) }
    doubt = doubts || no_session || ('PATH is empty' if directories.empty?)
    conclude('directories of PATH that somebody else than root can change', found.map { |e| described(e) }, doubt)
  end

  def path_elements
    conclude('empty or relative elements in PATH', @answer.tagged('badpath'), @answer.trouble || no_session)
  end

  def no_session = ('no shell can be started whose PATH could be seen' if @answer.lines.include?('#nopath'))

  # A file that is not there has no wrong mode; when none of them is there, the question has no subject.
  def judge(subject, paths)
    seen = @entries.select { |e| paths.include?(e.path) }
    absent = @answer.tagged('no')
    doubt = doubts || ('all of them are volumes' if paths.empty?) || ("there is no #{paths.join(', ')}" if (paths - absent).empty?)
    doubt ||= "no answer about #{(paths - absent - seen.map(&:path)).join(', ')}" if (paths - absent - seen.map(&:path)).any?
    conclude(subject, seen.select { |e| yield e }.map { |e| described(e) }, doubt)
  end

  def described(entry)
    "#{entry.path.delete_suffix('/.')} (#{entry.permissions}, uid #{entry.uid}, gid #{entry.gid})"
  end

  def doubts
    return @answer.trouble if @answer.trouble
    return 'there is no stat in the container' if @answer.lines.include?('#nostat')

    @answer.errors.first&.slice(0, 160) || ('stat ended with an error' unless @answer.clean?)
  end
end
