# frozen_string_literal: true

control 'cb-110' do
  impact 0.7
  title "The account files hold no legacy '+' entries"
  desc "Lines that begin with + or - bring in accounts from a directory service, at times with root's rights."
  desc 'check', 'Look for lines that begin with + or - in /etc/passwd and /etc/group.'
  desc 'fix', 'Delete these lines.'
  tag nist: ['CM-6 b']
  tag cci: ['CCI-000366']
  tag severity: 'high'

  describe container_accounts(:legacy_entries) do
    it { should find_nothing }
  end
end

control 'cb-111' do
  impact 0.5
  title 'System accounts have no login shell'
  desc 'An account that only owns files or a daemon needs no shell; with one it is a way in.'
  desc 'check', "Look at the shells of accounts with a uid from 1 to the input 'system_uid_max'; allowed accounts are in 'login_accounts'."
  desc 'fix', 'Run usermod -s /sbin/nologin NAME when the image is built.'
  tag nist: ['AC-6 (10)', 'CM-6 b']
  tag cci: ['CCI-002235', 'CCI-000366']
  tag severity: 'medium'

  describe container_accounts(:system_logins, allow: input('login_accounts'), system_uid_max: input('system_uid_max')) do
    it { should find_nothing }
  end
end

control 'cb-112' do
  impact 0.5
  title 'Homes of login accounts exist and belong to them'
  desc 'Who can write a home can plant start-up files that its owner runs.'
  desc 'check', 'Look at owner and mode of the home of each account with a login shell.'
  desc 'fix', 'Create the home with the right owner and mode 0750, or take the login shell away.'
  tag nist: ['CM-6 b']
  tag cci: ['CCI-000366']
  tag severity: 'medium'

  describe container_accounts(:homes) do
    it { should find_nothing }
  end
end

control 'cb-113' do
  impact 0.7
  title 'No host-based trust files are present'
  desc 'Files such as .rhosts let others in without a password, by their address alone.'
  desc 'check', 'Search the root filesystem for .rhosts, .shosts, hosts.equiv and shosts.equiv.'
  desc 'fix', 'Delete these files.'
  tag nist: ['CM-6 b']
  tag cci: ['CCI-000366']
  tag severity: 'high'

  describe container_walk(:trust_files) do
    it { should find_nothing }
  end
end

control 'cb-114' do
  impact 0.7
  title 'No SSH keys are authorized to log in'
  desc 'A key in an image opens each container made from it, and nobody notices when it leaks.'
  desc 'check', 'Search the root filesystem for authorized_keys files that are not empty.'
  desc 'fix', 'Delete the file; reach containers through the Kubernetes API, which logs and authorizes each session.'
  tag nist: ['IA-5 (7)', 'CM-6 b']
  tag cci: ['CCI-002367', 'CCI-000366']
  tag severity: 'high'

  describe container_walk(:authorized_keys) do
    it { should find_nothing }
  end
end
