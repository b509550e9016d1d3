# frozen_string_literal: true

control 'cb-101' do
  impact 0.3
  title 'The account files are present and well-formed'
  desc 'Programs look names and ids up in /etc/passwd and /etc/group; a missing or broken file makes them guess, or refuse to start.'
  desc 'check', 'Read /etc/passwd and /etc/group line by line.'
  desc 'fix', 'Ship /etc/passwd and /etc/group with one well-formed line for each account that the workload uses.'
  tag nist: ['CM-6 b']
  tag cci: ['CCI-000366']
  tag severity: 'low'

  describe container_accounts(:malformed) do
    it { should find_nothing }
  end
end

control 'cb-102' do
  impact 0.7
  title 'Only root can change the account files'
  desc 'Whoever can write /etc/passwd or /etc/group can make themselves root.'
  desc 'check', 'Look at owner and mode of /etc/passwd, /etc/group and their backups.'
  desc 'fix', 'Run chown root:root and chmod 0644 on /etc/passwd and /etc/group when the image is built.'
  tag nist: ['AC-3 (4)', 'CM-6 b']
  tag cci: ['CCI-002165', 'CCI-000366']
  tag severity: 'high'

  describe container_paths(:account_files) do
    it { should find_nothing }
  end
end

control 'cb-103' do
  impact 0.7
  title 'Only root can read the password files'
  desc 'Hashes that others can read can be guessed at leisure.'
  desc 'check', 'Look at owner and mode of /etc/shadow, /etc/gshadow and their backups.'
  desc 'fix', 'Run chown root and chmod 0640 (or 0600) on /etc/shadow and /etc/gshadow when the image is built.'
  tag nist: ['AC-3 (4)', 'IA-5 (1) (c)']
  tag cci: ['CCI-002165', 'CCI-000196']
  tag severity: 'high'

  describe container_paths(:shadow) do
    it { should find_nothing }
  end
end

control 'cb-104' do
  impact 0.9
  title 'No account has an empty password'
  desc 'An account with an empty password is open to everybody who reaches a login or su.'
  desc 'check', 'Look for empty password fields in /etc/passwd and /etc/shadow.'
  desc 'fix', 'Lock the account (passwd -l NAME, or an exclamation mark in its password field) or remove it.'
  tag nist: ['CM-6 b', 'IA-2']
  tag cci: ['CCI-000366', 'CCI-000764']
  tag severity: 'critical'

  describe container_accounts(:without_password) do
    it { should find_nothing }
  end
end

control 'cb-105' do
  impact 0.5
  title 'No account has a password at all'
  desc 'Nobody logs in to a container with a password; a password in an image is the same in each copy of it.'
  desc 'check', "Look for password hashes in /etc/shadow; allowed accounts are in the input 'password_accounts'."
  desc 'fix', 'Lock the account (usermod -L NAME) or delete it from the image; give people access through the platform, not through accounts.'
  tag nist: ['IA-5 (7)', 'CM-6 b']
  tag cci: ['CCI-002367', 'CCI-000366']
  tag severity: 'medium'

  describe container_accounts(:with_password, allow: input('password_accounts')) do
    it { should find_nothing }
  end
end

control 'cb-106' do
  impact 0.7
  title 'Passwords have a strong hash and stay in /etc/shadow'
  desc 'DES and MD5 hashes are broken in minutes, and /etc/passwd can be read by all.'
  desc 'check', 'Look at the kind of each password field; the field itself stays in the container.'
  desc 'fix', 'Lock the account, or set its password again with yescrypt or SHA-512.'
  tag nist: ['IA-5 (1) (c)']
  tag cci: ['CCI-000196']
  tag severity: 'high'

  describe container_accounts(:weak_hashes) do
    it { should find_nothing }
  end
end

control 'cb-107' do
  impact 0.9
  title 'Only root has uid 0'
  desc 'A second account with uid 0 is root under another name and hides in logs.'
  desc 'check', 'Look for uid 0 in /etc/passwd.'
  desc 'fix', 'Remove the account, or give it a uid of its own.'
  tag nist: ['IA-2', 'AC-6 (10)']
  tag cci: ['CCI-000764', 'CCI-002235']
  tag severity: 'critical'

  describe container_accounts(:second_root) do
    it { should find_nothing }
  end
end

control 'cb-108' do
  impact 0.5
  title 'User and group names and numbers are unique'
  desc 'Two accounts with one number share files and cannot be told apart.'
  desc 'check', 'Look for names, uids and gids that occur twice in /etc/passwd and /etc/group.'
  desc 'fix', 'Renumber or remove the second entry, and give its files to the right owner.'
  tag nist: ['IA-2']
  tag cci: ['CCI-000764']
  tag severity: 'medium'

  describe container_accounts(:duplicates) do
    it { should find_nothing }
  end
end

control 'cb-109' do
  impact 0.3
  title 'Each account belongs to a group that exists'
  desc 'A gid without a group can be taken over by the next group that is created.'
  desc 'check', 'Compare the gids of /etc/passwd with /etc/group.'
  desc 'fix', 'Create the group (groupadd -g GID NAME) or change the account to a group that exists.'
  tag nist: ['IA-2']
  tag cci: ['CCI-000764']
  tag severity: 'low'

  describe container_accounts(:missing_groups) do
    it { should find_nothing }
  end
end
