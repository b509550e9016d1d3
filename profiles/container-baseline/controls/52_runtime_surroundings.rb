# frozen_string_literal: true

control 'cb-510' do
  impact 0.9
  title "The container runtime's socket is not in the container"
  desc 'Who can speak to the runtime can start a privileged container: it is root on the node.'
  desc 'check', 'Look for sockets of Docker, containerd, CRI-O and Podman among mounts and in their usual places.'
  desc 'fix', 'Take the hostPath volume out of the pod; build images with a tool that needs no daemon.'
  tag nist: ['AC-6 (10)', 'SC-39']
  tag cci: ['CCI-002235', 'CCI-002530']
  tag severity: 'critical'

  describe container_mounts(:runtime_socket) do
    it { should find_nothing }
  end
end

control 'cb-511' do
  impact 0.9
  title 'No sensitive directory of the node is mounted'
  desc 'With /, /etc or /var/lib/kubelet of the node a container reads its secrets or rules it.'
  desc 'check', "Look at the origin of each bind mount; allowed paths are in the input 'node_directories'."
  desc 'fix', 'Take the hostPath volume out, or mount the one file that is needed, read-only.'
  tag nist: ['AC-6 (10)', 'SC-4']
  tag cci: ['CCI-002235', 'CCI-001090']
  tag severity: 'critical'

  describe container_mounts(:node_directories, allow: input('node_directories')) do
    it { should find_nothing }
  end
end

control 'cb-512' do
  impact 0.7
  title "The node's kernel filesystems are not mounted"
  desc "The node's proc, sys or dev in a second place has none of the masks that the container's own have."
  desc 'check', 'Look for proc, sysfs, devtmpfs, debugfs and tracefs outside their places.'
  desc 'fix', 'Take the hostPath volume for /proc, /sys or /dev out of the pod.'
  tag nist: ['SC-39']
  tag cci: ['CCI-002530']
  tag severity: 'high'

  describe container_mounts(:foreign_kernel_filesystems) do
    it { should find_nothing }
  end
end

control 'cb-513' do
  impact 0.7
  title 'Kernel settings cannot be written'
  desc 'A writable /proc/sys or /sys changes the node for all who run on it.'
  desc 'check', 'Look whether /proc/sys and /sys are mounted read-only.'
  desc 'fix', 'Do not use privileged: true or procMount: Unmasked; set safe sysctls in the security context of the pod.'
  tag nist: ['SC-39']
  tag cci: ['CCI-002530']
  tag severity: 'high'

  describe container_mounts(:writable_kernel_settings) do
    it { should find_nothing }
  end
end

control 'cb-514' do
  impact 0.9
  title "The node's disks and memory are not among the devices"
  desc 'With a disk of the node in /dev each file on it can be read and changed.'
  desc 'check', 'Look for block devices and memory devices in /dev.'
  desc 'fix', 'Do not use privileged: true; ask for a device through a device plugin.'
  tag nist: ['SC-39']
  tag cci: ['CCI-002530']
  tag severity: 'critical'

  describe container_mounts(:node_devices) do
    it { should find_nothing }
  end
end

control 'cb-515' do
  impact 0.7
  title "The node's processes cannot be seen"
  desc 'With hostPID a container sees, and as root can stop and read, all processes of the node.'
  desc 'check', 'Look whether process 2 is the kernel thread daemon.'
  desc 'fix', 'Set hostPID: false.'
  tag nist: ['SC-39']
  tag cci: ['CCI-002530']
  tag severity: 'high'

  describe container_processes(:node_processes) do
    it { should find_nothing }
  end
end

control 'cb-516' do
  impact 0.3
  title 'No privileged port is in use'
  desc 'A program that listens below 1024 was root or had a capability for it; a service maps any port.'
  desc 'check', "Decode /proc/net/tcp and udp; allowed ports are in the input 'allowed_ports'. All containers of a pod share these ports."
  desc 'fix', 'Listen on a port above 1023 and map it with the service (port 80, targetPort 8080).'
  tag nist: ['CM-7 b']
  tag cci: ['CCI-000382']
  tag severity: 'low'

  describe container_ports(:privileged, allow: input('allowed_ports')) do
    it { should find_nothing }
  end
end

control 'cb-517' do
  impact 0.7
  title 'No remote login service listens'
  desc 'SSH, Telnet and FTP are second doors into the container.'
  desc 'check', "Decode /proc/net/tcp; allowed ports are in the input 'allowed_ports'."
  desc 'fix', 'Stop the service and take it out of the image.'
  tag nist: ['CM-7 b']
  tag cci: ['CCI-000382']
  tag severity: 'high'

  describe container_ports(:login, allow: input('allowed_ports')) do
    it { should find_nothing }
  end
end

control 'cb-518' do
  impact 0.7
  title 'No debugger listens for others'
  desc 'A debugger that listens runs any code for whoever connects.'
  desc 'check', "Decode /proc/net/tcp for the ports of Java, Node.js, Python and Go debuggers beyond loopback; allowed ports are in the input 'allowed_ports'."
  desc 'fix', 'Start the program without its debug option, or bind it to 127.0.0.1 and use kubectl port-forward.'
  tag nist: ['CM-7 b']
  tag cci: ['CCI-000382']
  tag severity: 'high'

  describe container_ports(:debugging, allow: input('allowed_ports')) do
    it { should find_nothing }
  end
end
