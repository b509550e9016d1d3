# frozen_string_literal: true

control 'cb-501' do
  impact 0.7
  title 'The main process does not run as root'
  desc 'Root in a container is one flaw of the kernel or runtime away from root on the node.'
  desc 'check', 'Look at the uid of process 1.'
  desc 'fix', 'Set USER in the image, or runAsNonRoot: true and runAsUser in the pod.'
  tag nist: ['AC-6 (10)', 'AC-6 (8)']
  tag cci: ['CCI-002235', 'CCI-002233']
  tag severity: 'high'

  describe container_processes(:main_as_root) do
    it { should find_nothing }
  end
end

control 'cb-502' do
  impact 0.5
  title 'No other process runs as root'
  desc 'A helper that runs as root gives away what the main process was denied.'
  desc 'check', 'Look at the uids of all processes but the main one and the scan itself.'
  desc 'fix', 'Start helpers as the same account, or in a container of their own.'
  tag nist: ['AC-6 (8)']
  tag cci: ['CCI-002233']
  tag severity: 'medium'

  describe container_processes(:others_as_root) do
    it { should find_nothing }
  end
end

control 'cb-503' do
  impact 0.5
  title 'No daemon for login, jobs or logs runs beside the workload'
  desc 'A container has one task; sshd and cron beside it are doors and jobs that nobody watches.'
  desc 'check', 'Look for sshd, cron, inetd, syslog and init systems among the processes.'
  desc 'fix', 'Take the daemon out of the entry point; use kubectl exec, a CronJob and standard output.'
  tag nist: ['CM-7 b']
  tag cci: ['CCI-000382']
  tag severity: 'medium'

  describe container_processes(:services) do
    it { should find_nothing }
  end
end

control 'cb-504' do
  impact 0.5
  title 'Processes cannot gain privileges'
  desc 'Without no_new_privs a setuid program or file capabilities give a process more than it started with.'
  desc 'check', 'Look at NoNewPrivs in /proc/1/status.'
  desc 'fix', 'Set allowPrivilegeEscalation: false in the security context.'
  tag nist: ['AC-6 (8)']
  tag cci: ['CCI-002233']
  tag severity: 'medium'

  describe container_processes(:privileges_to_gain) do
    it { should find_nothing }
  end
end

control 'cb-505' do
  impact 0.5
  title 'System calls are filtered'
  desc "Without a seccomp filter each of the kernel's system calls can be tried."
  desc 'check', 'Look at Seccomp in /proc/1/status.'
  desc 'fix', 'Set seccompProfile.type: RuntimeDefault in the security context.'
  tag nist: ['SC-39']
  tag cci: ['CCI-002530']
  tag severity: 'medium'

  describe container_processes(:no_seccomp) do
    it { should find_nothing }
  end
end

control 'cb-506' do
  impact 0.9
  title 'The main process has no capability that reaches beyond the container'
  desc 'SYS_ADMIN, SYS_PTRACE, SYS_MODULE, NET_ADMIN and their like are ways out of the container.'
  desc 'check', "Decode CapEff of /proc/1/status; the input 'dangerous_capabilities' names them."
  desc 'fix', 'Set capabilities.drop: [ALL] and add back only what the program fails without; never use privileged: true.'
  tag nist: ['AC-6 (10)', 'SC-39']
  tag cci: ['CCI-002235', 'CCI-002530']
  tag severity: 'critical'

  describe container_processes(:effective_capabilities, unwanted: input('dangerous_capabilities')) do
    it { should find_nothing }
  end
end

control 'cb-507' do
  impact 0.5
  title 'Capabilities that hardly any workload needs are dropped'
  desc 'MKNOD, NET_RAW, SETFCAP and others are in the default set for old programs; what is not dropped can be gained.'
  desc 'check', "Decode CapBnd of /proc/1/status; the input 'unneeded_capabilities' names them."
  desc 'fix', 'Set capabilities.drop: [ALL] in the security context.'
  tag nist: ['AC-6 (10)']
  tag cci: ['CCI-002235']
  tag severity: 'medium'

  describe container_processes(:bounding_capabilities, unwanted: input('unneeded_capabilities') + input('dangerous_capabilities')) do
    it { should find_nothing }
  end
end

control 'cb-508' do
  impact 0.5
  title 'AppArmor or SELinux confines the main process'
  desc 'These modules keep a process inside its limits when other walls have fallen.'
  desc 'check', 'Read the label of process 1 in /proc/1/attr.'
  desc 'fix', 'Leave the default profile on (appArmorProfile.type: RuntimeDefault, or the SELinux type container_t); do not set Unconfined.'
  tag nist: ['AC-3', 'SC-39']
  tag cci: ['CCI-000213', 'CCI-002530']
  tag severity: 'medium'

  describe container_processes(:unconfined) do
    it { should find_nothing }
  end
end

control 'cb-509' do
  impact 0.5
  title 'The root filesystem is read-only'
  desc 'What cannot be written cannot be changed by an intruder, and the image stays what was tested.'
  desc 'check', 'Look at the options of the root mount.'
  desc 'fix', 'Set readOnlyRootFilesystem: true, and mount an emptyDir where the program writes.'
  tag nist: ['CM-5 (6)', 'CM-6 b']
  tag cci: ['CCI-001499', 'CCI-000366']
  tag severity: 'medium'

  describe container_mounts(:writable_root) do
    it { should find_nothing }
  end
end
