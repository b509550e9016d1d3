# frozen_string_literal: true

control 'cb-301' do
  impact 0.3
  title 'Package lists and archives were cleaned up'
  desc 'They make the image larger, and tell which packages can be attacked.'
  desc 'check', 'Search the places where apt, apk, dnf and yum keep lists and archives.'
  desc 'fix', 'End the RUN that installs with rm -rf /var/lib/apt/lists/* (or apk add --no-cache, dnf clean all).'
  tag nist: ['SI-2 (6)']
  tag cci: ['CCI-002617']
  tag severity: 'low'

  describe container_walk(:system_caches) do
    it { should find_nothing }
  end
end

control 'cb-302' do
  impact 0.3
  title 'Download caches of language package managers were cleaned up'
  desc 'Caches hold source and at times credentials of private registries.'
  desc 'check', 'Search for the caches of pip, npm, yarn, Go and Cargo.'
  desc 'fix', 'Install with pip --no-cache-dir, npm ci followed by npm cache clean --force, or build in a stage of its own.'
  tag nist: ['CM-7 a']
  tag cci: ['CCI-000381']
  tag severity: 'low'

  describe container_walk(:language_caches) do
    it { should find_nothing }
  end
end

control 'cb-303' do
  impact 0.3
  title 'No package manager is present'
  desc 'A running container is replaced, never updated; a package manager only helps whoever gets in.'
  desc 'check', "Look for apt, apk, dnf, yum, rpm, zypper and pacman in the program directories; allowed names are in the input 'allowed_tools'."
  desc 'fix', 'Copy the finished program into a distroless or scratch image, or remove the package manager in the last build step.'
  tag nist: ['CM-7 a', 'CM-11 (2)']
  tag cci: ['CCI-000381', 'CCI-001812']
  tag severity: 'low'

  describe container_tools(:package_managers, allow: input('allowed_tools')) do
    it { should find_nothing }
  end
end

control 'cb-304' do
  impact 0.5
  title 'No compiler or build tool is present'
  desc 'With a compiler an intruder builds tools for this very machine.'
  desc 'check', "Look for compilers, linkers and make in the program directories; allowed names are in the input 'allowed_tools'."
  desc 'fix', 'Build in one stage and copy only the result into the image that runs.'
  tag nist: ['CM-7 a']
  tag cci: ['CCI-000381']
  tag severity: 'medium'

  describe container_tools(:compilers, allow: input('allowed_tools')) do
    it { should find_nothing }
  end
end

control 'cb-305' do
  impact 0.5
  title 'No client of a clear-text protocol is present'
  desc 'telnet, rsh and ftp send passwords that all on the way can read.'
  desc 'check', "Look for telnet, rsh, ftp and their like in the program directories; allowed names are in the input 'allowed_tools'."
  desc 'fix', 'Remove the package (busybox: build without these applets, or delete their links).'
  tag nist: ['CM-7 a', 'IA-5 (1) (c)']
  tag cci: ['CCI-000381', 'CCI-000197']
  tag severity: 'medium'

  describe container_tools(:remote_clients, allow: input('allowed_tools')) do
    it { should find_nothing }
  end
end

control 'cb-306' do
  impact 0.7
  title 'No server for remote login or file transfer is present'
  desc 'A container is reached through its platform; a login server beside the workload is a second door without the same lock.'
  desc 'check', "Look for sshd, dropbear, telnetd, FTP servers and inetd in the program directories; allowed names are in the input 'allowed_tools'."
  desc 'fix', 'Remove the package from the image; use kubectl exec or kubectl debug.'
  tag nist: ['CM-7 a', 'AC-17 (2)']
  tag cci: ['CCI-000381', 'CCI-000068']
  tag severity: 'high'

  describe container_tools(:remote_servers, allow: input('allowed_tools')) do
    it { should find_nothing }
  end
end

control 'cb-307' do
  impact 0.5
  title 'No program that raises privileges is present'
  desc 'sudo and its like exist to become somebody else; a workload is one account for its whole life.'
  desc 'check', "Look for sudo, doas and pkexec in the program directories; allowed names are in the input 'allowed_tools'."
  desc 'fix', 'Remove the package, and let the entry point start as the final account (USER, or runAsUser).'
  tag nist: ['AC-6 (10)', 'CM-7 a']
  tag cci: ['CCI-002235', 'CCI-000381']
  tag severity: 'medium'

  describe container_tools(:privilege_tools, allow: input('allowed_tools')) do
    it { should find_nothing }
  end
end

control 'cb-308' do
  impact 0.3
  title 'No debugger or network tool is present'
  desc 'They read other processes and listen on the network for whoever gets in.'
  desc 'check', "Look for gdb, strace, tcpdump, nmap, nc and their like in the program directories; allowed names are in the input 'allowed_tools'."
  desc 'fix', 'Remove the package; bring such tools in an ephemeral container (kubectl debug) when they are needed.'
  tag nist: ['CM-7 a']
  tag cci: ['CCI-000381']
  tag severity: 'low'

  describe container_tools(:debug_tools, allow: input('allowed_tools')) do
    it { should find_nothing }
  end
end

control 'cb-309' do
  impact 0.5
  title 'No version control directory is present'
  desc 'A .git directory holds all of the source and all that was ever deleted from it, secrets included.'
  desc 'check', 'Search the root filesystem for .git, .svn, .hg and .bzr directories.'
  desc 'fix', 'Put .git into .dockerignore, or copy only what the program needs.'
  tag nist: ['CM-7 a', 'SC-28']
  tag cci: ['CCI-000381', 'CCI-001199']
  tag severity: 'medium'

  describe container_walk(:version_control) do
    it { should find_nothing }
  end
end
