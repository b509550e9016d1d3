# frozen_string_literal: true

control 'cb-201' do
  impact 0.7
  title 'No file can be written by everybody'
  desc 'A file that all can write lets one process change what another one runs or reads.'
  desc 'check', "Search the root filesystem for world-writable files; allowed paths are in the input 'world_writable_files'."
  desc 'fix', 'Run chmod o-w on the file when the image is built, or give it to the account that writes it.'
  tag nist: ['AC-3 (4)', 'CM-6 b']
  tag cci: ['CCI-002165', 'CCI-000366']
  tag severity: 'high'

  describe container_walk(:world_writable_files, allow: input('world_writable_files')) do
    it { should find_nothing }
  end
end

control 'cb-202' do
  impact 0.5
  title 'Directories that everybody can write have the sticky bit'
  desc 'Without the sticky bit anybody can delete or replace the files of others.'
  desc 'check', "Search the root filesystem for world-writable directories without the sticky bit; allowed paths are in the input 'world_writable_directories'."
  desc 'fix', 'Run chmod o-w or, for a shared temporary directory, chmod +t on it.'
  tag nist: ['SC-4']
  tag cci: ['CCI-001090']
  tag severity: 'medium'

  describe container_walk(:world_writable_directories, allow: input('world_writable_directories')) do
    it { should find_nothing }
  end
end

control 'cb-203' do
  impact 0.3
  title 'Each file belongs to an account that exists'
  desc 'Files of an unknown uid fall to the next account that gets this number.'
  desc 'check', 'Search the root filesystem for owners that /etc/passwd does not know.'
  desc 'fix', 'Add the account to the image, or give the files to one that exists (COPY --chown).'
  tag nist: ['AC-3 (4)']
  tag cci: ['CCI-002165']
  tag severity: 'low'

  describe container_walk(:unowned) do
    it { should find_nothing }
  end
end

control 'cb-204' do
  impact 0.7
  title 'No unexpected setuid or setgid files exist'
  desc "Each of these programs runs with its owner's rights, whoever starts it; a flaw in one is a way to root."
  desc 'check', "Search the root filesystem for setuid and setgid files; the input 'setid_files' is the allow-list."
  desc 'fix', "Remove the package or the bit: find / -xdev -perm /6000 -type f -exec chmod a-s {} + as the image's last build step."
  tag nist: ['AC-6 (10)', 'AC-6 (8)']
  tag cci: ['CCI-002235', 'CCI-002233']
  tag severity: 'high'

  describe container_walk(:setid_files, allow: input('setid_files')) do
    it { should find_nothing }
  end
end

control 'cb-205' do
  impact 0.7
  title 'Shared temporary directories have the sticky bit'
  desc 'In /tmp and /var/tmp all write; without the sticky bit they can also delete what others wrote.'
  desc 'check', 'Look at the modes of /tmp and /var/tmp.'
  desc 'fix', 'Run chmod 1777 /tmp /var/tmp when the image is built.'
  tag nist: ['SC-4']
  tag cci: ['CCI-001090']
  tag severity: 'high'

  describe container_paths(:temporary) do
    it { should find_nothing }
  end
end

control 'cb-206' do
  impact 0.5
  title "Root's home is closed to others"
  desc "Start-up files, histories and keys in root's home are nobody else's business."
  desc 'check', 'Look at owner and mode of /root.'
  desc 'fix', 'Run chown root:root /root and chmod 0700 /root when the image is built.'
  tag nist: ['AC-3 (4)']
  tag cci: ['CCI-002165']
  tag severity: 'medium'

  describe container_paths(:root_home) do
    it { should find_nothing }
  end
end

control 'cb-207' do
  impact 0.7
  title 'Only root can change system programs and libraries'
  desc 'A program or library that the workload can overwrite is run by others next.'
  desc 'check', 'Search /bin, /sbin, /lib* and their places under /usr and /usr/local for files of other owners, or that others can write.'
  desc 'fix', 'Run chown -R root:root and chmod -R go-w on the files named.'
  tag nist: ['CM-5 (6)']
  tag cci: ['CCI-001499']
  tag severity: 'high'

  describe container_walk(:writable_system_files) do
    it { should find_nothing }
  end
end

control 'cb-208' do
  impact 0.5
  title 'Only root can change the files under /etc'
  desc 'Configuration decides what programs do and trust.'
  desc 'check', "Search /etc for files of other owners, or that others can write; allowed paths are in the input 'application_configuration'."
  desc 'fix', 'Run chown root and chmod go-w on the file, or mount configuration read-only from a ConfigMap.'
  tag nist: ['CM-6 b', 'AC-3 (4)']
  tag cci: ['CCI-000366', 'CCI-002165']
  tag severity: 'medium'

  describe container_walk(:writable_configuration, allow: input('application_configuration')) do
    it { should find_nothing }
  end
end

control 'cb-209' do
  impact 0.7
  title 'Only root can change the directories of PATH'
  desc 'Who can write a directory of PATH can put a program of theirs before the real one.'
  desc 'check', 'Look at owner and mode of each directory of PATH.'
  desc 'fix', 'Give the directory to root and run chmod go-w on it, or take it out of PATH.'
  tag nist: ['CM-5 (6)']
  tag cci: ['CCI-001499']
  tag severity: 'high'

  describe container_paths(:search_path) do
    it { should find_nothing }
  end
end
