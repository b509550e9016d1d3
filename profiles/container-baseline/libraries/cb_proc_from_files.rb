# frozen_string_literal: true

# What /proc tells of processes and ports, read file by file.
class CbProcFromFiles
  # No process: the scanner's own have no parent among the container's.
  NOBODY = -1
  MAIN = %w[CapEff CapBnd NoNewPrivs Seccomp Umask Name].freeze

  def initialize(files)
    @files = files
  end

  def processes
    main = status(1)
    return ['#trouble no readable /proc/1/status'] if main.nil?

    told = pids.filter_map { |pid| (fields = status(pid)) && "process #{pid} #{fields['PPid']} #{fields['Uid'].to_s[/\A\d+/]} #{fields['Name']}" }
    node = pids.include?('2') && status(2).to_h['Name'] == 'kthreadd'
    ["self #{NOBODY}", *told, "main #{MAIN.map { |name| main[name] || '?' }.join(' ')}", *('node' if node), *confinement]
  end

  def ports
    %w[tcp tcp6 udp udp6].flat_map do |protocol|
      table = @files.cat("/proc/net/#{protocol}") or next []
      open = table.split("\n").map(&:split).select { |_, _, _, state| state == (protocol.start_with?('tcp') ? '0A' : '07') }
      ["table #{protocol}", *open.map { |_, address| "listen #{protocol} #{address}" }]
    end
  end

  private

  def pids
    @pids ||= @files.find("/proc -mindepth 1 -maxdepth 1 -name '[0-9]*'").map { |path| File.basename(path) }
  end

  # A process may end between the two questions.
  def status(pid) = @files.cat("/proc/#{pid}/status")&.scan(/^(\w+):[ \t]*(.*)$/)&.to_h

  def confinement
    label = %w[apparmor/current current].filter_map { |name| @files.cat("/proc/1/attr/#{name}") }.first.to_s.delete("\0").strip
    label.empty? ? [] : ["confinement #{label}"]
  end
end
