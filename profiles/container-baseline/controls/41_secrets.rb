# frozen_string_literal: true

control 'cb-401' do
  impact 0.7
  title 'The environment of the main process holds no secret'
  desc 'The environment is seen by each child, in crash reports and in the description of the pod.'
  desc 'check', "Judge names and values of /proc/1/environ inside the container; only names come out. Allowed names are in the input 'environment_names'."
  desc 'fix', 'Mount the secret as a file and give its path in the variable (NAME_FILE), or fetch it at start; then change the secret.'
  tag nist: ['IA-5 (7)']
  tag cci: ['CCI-002367']
  tag severity: 'high'

  describe container_secrets(:main_environment, allow: input('environment_names')) do
    it { should find_nothing }
  end
end

control 'cb-402' do
  impact 0.7
  title 'The environment of an exec session holds no secret'
  desc 'Who may exec into the container, or starts a probe in it, gets these variables.'
  desc 'check', "Judge names and values of the session's environment inside the container; only names come out. Allowed names are in the input 'environment_names'."
  desc 'fix', 'Take the variable out of the image (ENV) and of the pod (env, envFrom); mount a file in its place.'
  tag nist: ['IA-5 (7)']
  tag cci: ['CCI-002367']
  tag severity: 'high'

  describe container_secrets(:exec_environment, allow: input('environment_names')) do
    it { should find_nothing }
  end
end

control 'cb-403' do
  impact 0.7
  title 'The arguments of processes hold no secret'
  desc 'Arguments can be read by all users of a container, and stand in process lists and logs.'
  desc 'check', 'Judge the arguments in /proc/*/cmdline inside the container; only process names come out.'
  desc 'fix', 'Give the secret in a file or on standard input; then change it.'
  tag nist: ['IA-5 (7)']
  tag cci: ['CCI-002367']
  tag severity: 'high'

  describe container_secrets(:arguments) do
    it { should find_nothing }
  end
end

control 'cb-404' do
  impact 0.7
  title 'No credential file lies in a well-known place'
  desc 'Who gets in looks into .netrc, .aws/credentials, .docker/config.json and their like first.'
  desc 'check', "Search the root filesystem for such files; allowed paths are in the input 'credential_files'."
  desc 'fix', 'Delete the file in the step that made it (or use a build secret), change the credential, and give the workload its own identity.'
  tag nist: ['IA-5 (7)']
  tag cci: ['CCI-002367']
  tag severity: 'high'

  describe container_walk(:credential_files, allow: input('credential_files')) do
    it { should find_nothing }
  end
end

control 'cb-405' do
  impact 0.7
  title 'No secret stands in a file'
  desc 'A key in an image is given to all who can pull it, and stays in its layers for ever.'
  desc 'check', "Search configuration files of up to 128 KB for the patterns of cloud keys, tokens, registry logins and passwords in URLs; only place and kind come out. Allowed paths are in the input 'secret_files'."
  desc 'fix', 'Take the secret out of the image, change it, and mount it at run time.'
  tag nist: ['IA-5 (7)', 'SC-28']
  tag cci: ['CCI-002367', 'CCI-001199']
  tag severity: 'high'

  describe container_secrets(:file_contents, allow: input('secret_files')) do
    it { should find_nothing }
  end
end

control 'cb-406' do
  impact 0.7
  title 'No private key is part of the image'
  desc 'A private key in an image is known to all who can pull it; it proves nothing any more.'
  desc 'check', "Search key and configuration files for private keys; mounted volumes are left out. Allowed paths are in the input 'private_keys'."
  desc 'fix', 'Revoke the key; make one at start, or mount it as a secret volume.'
  tag nist: ['IA-5 (2) (b)', 'IA-5 (7)']
  tag cci: ['CCI-000186', 'CCI-002367']
  tag severity: 'high'

  describe container_secrets(:private_keys, allow: input('private_keys')) do
    it { should find_nothing }
  end
end

control 'cb-407' do
  impact 0.7
  title 'Private keys can be read by their owner only'
  desc 'A private key that others can read is theirs too.'
  desc 'check', 'Look at the modes of the private keys found.'
  desc 'fix', 'Run chmod 0600 on the key, or set defaultMode: 0400 on the volume.'
  tag nist: ['IA-5 (2) (b)']
  tag cci: ['CCI-000186']
  tag severity: 'high'

  describe container_secrets(:readable_private_keys) do
    it { should find_nothing }
  end
end

control 'cb-408' do
  impact 0.5
  title 'No certificate has expired'
  desc 'Clients refuse an expired certificate, or have been told not to look.'
  desc 'check', "Date the certificates found outside of trust stores by the scanner's clock; the input 'certificate_days' asks for a reserve."
  desc 'fix', 'Renew the certificate and mount it at run time, so that the next renewal needs no new image.'
  tag nist: ['IA-5 (2) (a)']
  tag cci: ['CCI-000185']
  tag severity: 'medium'

  describe container_secrets(:expired_certificates, days: input('certificate_days')) do
    it { should find_nothing }
  end
end

control 'cb-409' do
  impact 0.3
  title 'No service account token is mounted without need'
  desc 'Most workloads never speak to the cluster; a token lets whoever gets in do so.'
  desc 'check', "Look for the mounted token; set the input 'needs_cluster_access' to true where the workload uses it."
  desc 'fix', 'Set automountServiceAccountToken: false on the pod or its service account.'
  tag nist: ['AC-6 (10)', 'CM-6 b']
  tag cci: ['CCI-002235', 'CCI-000366']
  tag severity: 'low'

  only_if('the workload needs its token (input needs_cluster_access)') { !input('needs_cluster_access') }

  describe container_mounts(:service_account_token) do
    it { should find_nothing }
  end
end
