# frozen_string_literal: true

require 'cb_search'
require 'cb_mounts'

class ContainerMounts < Inspec.resource(1)
  name 'container_mounts'
  desc 'What of the node is mounted into the container, and how'
  example "describe container_mounts(:runtime_socket) do\n  it { should find_nothing }\nend"

  include CbSearch

  SOCKET = /(docker|containerd|crio|cri-dockerd|podman|dockershim)\.sock\z/.freeze
  # Directories of a node that no workload needs as a whole; below these, only what is named.
  NODE = %r{\A/(etc|root|home|boot|usr|bin|sbin|lib|opt|srv|mnt|var|run|proc|sys|dev|var/(run|log|lib|tmp)|
            etc/(kubernetes|ssh|cni|containerd|docker|ssl|pki|sudoers\.d|cron\.[a-z]+)(/.*)?|
            etc/(passwd|shadow|group|gshadow|sudoers|crontab)|root/.*|boot/.*|
            var/lib/(kubelet|containerd|docker|etcd|rancher|containers|cni)|var/lib/etcd/.*|
            var/log/(pods|containers)|run/(containerd|docker|crio|k3s|systemd|udev))\z}x.freeze
  ETC_FILES = %w[/etc/hosts /etc/hostname /etc/resolv.conf /dev/termination-log].freeze

  def initialize(question, options = {})
    @allowed = Array(options[:allow])
    @answer = ask(CB_MOUNTS)
    @mounts = CbMounts.read(@answer)
    send(question)
  end

  private

  def runtime_socket
    mounted = @mounts.select { |m| m.point.match?(SOCKET) || m.root.match?(SOCKET) }.map(&:point)
    conclude('sockets of the container runtime', mounted + @answer.tagged('socket'), @answer.trouble)
  end

  def node_directories
    found = @mounts.select { |m| !CbMounts::VIRTUAL.include?(m.type) && (m.root.match?(NODE) || node_root?(m)) }
    conclude('sensitive directories of the node mounted into the container', described(found), @answer.trouble)
  end

  # A volume of its own also has "/" as root, so the node's root is told by sharing the device of files that the kubelet mounts.
  def node_root?(mount)
    devices = @mounts.select { |m| ETC_FILES.include?(m.point) && !CbMounts::VIRTUAL.include?(m.type) }.map(&:device)
    mount.root == '/' && mount.point != '/' && devices.include?(mount.device)
  end

  def foreign_kernel_filesystems
    found = @mounts.select do |m|
      (m.type == 'proc' && !m.point.start_with?('/proc')) || (m.type == 'sysfs' && !m.point.start_with?('/sys')) ||
        %w[securityfs debugfs tracefs].include?(m.type) || (m.type == 'devtmpfs' && !m.point.start_with?('/proc/'))
    end
    conclude('kernel filesystems outside their places (proc, sysfs, devtmpfs, debugfs)', found.map { |m| "#{m.point} (#{m.type})" }, @answer.trouble)
  end

  def writable_kernel_settings
    found = %w[/proc/sys /sys].filter_map do |point|
      mount = nearest(point)
      point if mount && %w[proc sysfs].include?(mount.type) && !mount.read_only?
    end
    doubt = @answer.trouble || ('neither proc nor sysfs is mounted' if @mounts.none? { |m| %w[proc sysfs].include?(m.type) })
    conclude('kernel settings that the container can write', found, doubt)
  end

  def writable_root
    root = @mounts.reverse.find { |m| m.point == '/' }
    conclude('write access to the root filesystem', root && !root.read_only? ? ['/ is mounted read-write'] : [],
             @answer.trouble || ('the root mount cannot be seen' unless root))
  end

  def node_devices
    doubt = @answer.trouble || ('there is no /dev' unless @answer.lines.include?('devices'))
    conclude('disks or memory devices of the node', @answer.tagged('block') + @answer.tagged('memory'), doubt)
  end

  def service_account_token
    mounted = @mounts.map(&:point).grep(%r{/secrets/kubernetes\.io/serviceaccount\z})
    conclude('Kubernetes service account tokens', @answer.tagged('token').any? ? @answer.tagged('token') : mounted, @answer.trouble)
  end

  def nearest(point)
    @mounts.select { |m| point == m.point || point.start_with?("#{m.point.chomp('/')}/") }.max_by.with_index { |m, i| [m.point.length, i] }
  end

  def described(found)
    found.reject { |m| @allowed.include?(m.root) || @allowed.include?(m.point) }.map { |m| "#{m.point} (#{m.root} of the node)" }
  end
end
