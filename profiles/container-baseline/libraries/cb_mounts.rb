# frozen_string_literal: true

# Fields of mountinfo that are needed, from the process itself or, where a chroot hides them, from process 1. Super
# options are left in the container: some filesystems print logins there.
CB_MOUNTS = <<'SH'
m=
for f in /proc/self/mountinfo /proc/1/mountinfo; do
  [ -z "$m" ] && [ -r "$f" ] || continue
  while read -r i p d r t o x; do [ "$t" = / ] && m=$f; done <"$f"
done
if [ -z "$m" ]; then echo '#trouble no /proc/self/mountinfo that shows the root filesystem'; else
  set -f
  while read -r i p d r t o x; do x=${x#*- }; echo "mnt $d $r $t $o ${x%% *}"; done <"$m"
  set +f
fi
if [ -d /dev ]; then
  for f in /dev/*; do if [ -b "$f" ]; then echo "block $f"; fi; done
  for f in /dev/mem /dev/kmem /dev/port /dev/kmsg; do if [ -c "$f" ]; then echo "memory $f"; fi; done
  echo devices
fi
for f in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock /run/k3s/containerd/containerd.sock /run/crio/crio.sock /run/podman/podman.sock /var/run/crio/crio.sock; do
  if [ -S "$f" ]; then echo "socket $f"; fi
done
if [ -e /var/run/secrets/kubernetes.io/serviceaccount/token ]; then echo 'token /var/run/secrets/kubernetes.io/serviceaccount/token'; fi
echo "#end 0"
SH

CbMount = Struct.new(:device, :root, :point, :options, :type) do
  def read_only? = options.split(',').include?('ro')
end

module CbMounts
  # Kernel filesystems: mounted from nowhere, so their root says nothing about the node's directories.
  VIRTUAL = %w[proc sysfs tmpfs devpts mqueue cgroup cgroup2 devtmpfs overlay securityfs debugfs tracefs bpf fuse.lxcfs nsfs].freeze

  def self.read(answer)
    answer.tagged('mnt').filter_map do |line|
      fields = line.split(' ')
      # mountinfo writes space, tab, newline and backslash in a path as octal.
      CbMount.new(*fields.map { |field| field.gsub(/\\(\d{3})/) { Regexp.last_match(1).to_i(8).chr } }) if fields.length == 5
    end
  end

  def self.points(answer)
    read(answer).map(&:point) - ['/']
  end

  def self.mounted?(path, points)
    points.any? { |point| path == point || path.start_with?("#{point}/") }
  end
end
