# frozen_string_literal: true

control 'cb-210' do
  impact 0.5
  title 'PATH holds no empty or relative element'
  desc 'An empty element or a dot means the current directory: programs then come from wherever one happens to be.'
  desc 'check', 'Look for empty and relative elements in PATH.'
  desc 'fix', 'Set PATH to absolute directories only (ENV PATH in the image, or env in the pod).'
  tag nist: ['CM-6 b']
  tag cci: ['CCI-000366']
  tag severity: 'medium'

  describe container_paths(:path_elements) do
    it { should find_nothing }
  end
end

control 'cb-211' do
  impact 0.7
  title 'Only root can change shell start-up files'
  desc 'These files are run by each shell of each user, an administrator included.'
  desc 'check', 'Look at /etc/profile, /etc/profile.d, /etc/bash.bashrc and their like.'
  desc 'fix', 'Run chown root:root and chmod 0644 on the file.'
  tag nist: ['AC-3 (4)']
  tag cci: ['CCI-002165']
  tag severity: 'high'

  describe container_walk(:writable_startup_files) do
    it { should find_nothing }
  end
end

control 'cb-212' do
  impact 0.7
  title 'Only root can change job tables'
  desc 'Who can change a job table of cron runs programs as its owner.'
  desc 'check', 'Look at owner and mode of files under /etc/cron*, /var/spool/cron and /var/spool/at.'
  desc 'fix', 'Remove cron from the image, or run chown root:root and chmod 0600 on the tables.'
  tag nist: ['AC-3 (4)']
  tag cci: ['CCI-002165']
  tag severity: 'high'

  describe container_walk(:writable_job_tables) do
    it { should find_nothing }
  end
end

control 'cb-213' do
  impact 0.7
  title 'No device files exist outside /dev'
  desc 'A device file elsewhere escapes the rules that hold for /dev.'
  desc 'check', 'Search the root filesystem for block and character devices outside /dev.'
  desc 'fix', 'Delete the device file; ask for devices through the pod.'
  tag nist: ['CM-6 b']
  tag cci: ['CCI-000366']
  tag severity: 'high'

  describe container_walk(:device_files) do
    it { should find_nothing }
  end
end

control 'cb-214' do
  impact 0.3
  title 'New files of the main process cannot be written by everybody'
  desc 'With a umask that leaves the write bit to others, each new file is open to changes.'
  desc 'check', 'Look at the umask in /proc/1/status.'
  desc 'fix', 'Set umask 027 (or 022) in the entry point before the program starts.'
  tag nist: ['CM-6 b']
  tag cci: ['CCI-000366']
  tag severity: 'low'

  describe container_processes(:open_umask) do
    it { should find_nothing }
  end
end
