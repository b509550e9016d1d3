# frozen_string_literal: true

# One entry of the walk or of a stat.
CbEntry = Struct.new(:mode, :uid, :gid, :size, :path) do
  def self.read(line)
    match = /\A([0-9a-f]+) (\d+) (\d+) (\d+) (\/.*)\z/.match(line) or return
    new(match[1].to_i(16), match[2].to_i, match[3].to_i, match[4].to_i, match[5])
  end

  def dir? = mode & 0o170000 == 0o040000
  def file? = mode & 0o170000 == 0o100000
  def device? = [0o020000, 0o060000].include?(mode & 0o170000)
  def sticky? = mode & 0o1000 != 0
  def world_writable? = mode & 0o002 != 0
  # Group 0 may write: OpenShift gives containers a random uid in group 0, so this is the way images are built for it.
  def writable_by_others? = world_writable? || (mode & 0o020 != 0 && gid != 0)
  def setid? = file? && mode & 0o6000 != 0
  # Only uid 0 and group 0 can pass: nothing below can be used by anybody else.
  def closed? = dir? && uid.zero? && mode & 0o001 == 0 && (gid.zero? || mode & 0o010 == 0)
  def permissions = format('%04o', mode & 0o7777)
end
