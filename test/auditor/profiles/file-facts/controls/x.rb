require "json"

FACTS = %i[exist? type mode owner group uid gid size mtime symlink? link_path shallow_link_path path basename content
           sha256sum md5sum selinux_label file? directory? mounted?].freeze

# Titles reach the report whole; messages of failed checks are cut.
input("paths").each_with_index do |path, index|
  seen = file(path)
  control "file-#{index}" do
    facts = FACTS.to_h { |fact| [fact, seen.public_send(fact)] }
    title facts.merge(content: facts[:content]&.unpack1("H*")).to_json # bytes need not be text
    describe(true) { it { should eq true } }
  end
end
