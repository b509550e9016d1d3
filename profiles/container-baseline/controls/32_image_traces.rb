# frozen_string_literal: true

control 'cb-310' do
  impact 0.5
  title 'No shell history is present'
  desc 'Histories show what was typed when the image was made, passwords at times.'
  desc 'check', 'Search the root filesystem for history files that are not empty.'
  desc 'fix', 'Delete the file in the same build step; a running container with a history was worked in by hand: replace it.'
  tag nist: ['SC-28', 'CM-6 b']
  tag cci: ['CCI-001199', 'CCI-000366']
  tag severity: 'medium'

  describe container_walk(:history_files) do
    it { should find_nothing }
  end
end

control 'cb-311' do
  impact 0.5
  title 'No core or heap dump is present'
  desc 'A dump holds the memory of a process: its keys, its passwords, its data.'
  desc 'check', 'Search the root filesystem for files named core, core.NUMBER and *.hprof.'
  desc 'fix', 'Delete the file, and let dumps be written to a volume that is protected.'
  tag nist: ['SC-4', 'CM-6 b']
  tag cci: ['CCI-001090', 'CCI-000366']
  tag severity: 'medium'

  describe container_walk(:core_dumps) do
    it { should find_nothing }
  end
end

control 'cb-312' do
  impact 0.3
  title 'No personal job table is present'
  desc 'Jobs in a container are run by nobody in sight: they come back after each start.'
  desc 'check', 'Search /var/spool/cron and /var/spool/at for files that are not empty.'
  desc 'fix', 'Delete the table; use a CronJob of the cluster.'
  tag nist: ['CM-7 a']
  tag cci: ['CCI-000381']
  tag severity: 'low'

  describe container_walk(:personal_job_tables) do
    it { should find_nothing }
  end
end
