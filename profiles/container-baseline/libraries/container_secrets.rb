# frozen_string_literal: true

require 'openssl'
require 'time'
require 'cb_search'
require 'cb_entry'
require 'cb_mounts'
require 'cb_secrets_command'

class ContainerSecrets < Inspec.resource(1)
  name 'container_secrets'
  desc 'Where secrets lie and of which kind they are, never what they say'
  example "describe container_secrets(:main_environment) do\n  it { should find_nothing }\nend"

  include CbSearch

  SECRET_NAME = /(\A|[_.-])(PASSWORD|PASSWD|PASSPHRASE|PASS|SECRET|TOKEN|CREDENTIALS?|(API|ACCESS|PRIVATE|SECRET|ACCOUNT|ENCRYPTION|SIGNING)_?KEY)(_(BASE64|B64|VALUE))?\z/i.freeze

  def initialize(question, options = {})
    @allowed = Array(options[:allow])
    @warn_days = options.fetch(:days, 0).to_i
    send(question)
  end

  private

  def main_environment = variables('main', 'secrets in the environment of the main process')
  def exec_environment = variables('exec', 'secrets in the environment that an exec session gets')

  def variables(whose, subject)
    answer = ask(CB_ENVIRONMENT)
    seen = answer.tagged("var #{whose}").map { |line| line.split(':', 3) }
    found = seen.reject { |name, _, _| @allowed.include?(name) }.flat_map do |name, state, kinds|
      named = name.match?(SECRET_NAME) && state == 'set' ? ["environment: variable #{name}"] : []
      named + kinds.to_s.split(',').reject(&:empty?).map { |kind| "environment: variable #{name} (#{kind})" }
    end
    doubt = answer.trouble || answer.tagged("closed #{whose}").first || answer.errors.first&.slice(0, 160)
    doubt ||= 'the environment reads as empty' if seen.empty?
    conclude(subject, found, doubt)
  end

  def arguments
    answer = ask(CB_ENVIRONMENT)
    found = answer.tagged('arg').map { |line| "process #{line.sub(/ (.*):(.*)\z/, ' (\1): \2')}" }
    doubt = answer.trouble || answer.tagged('closed arguments').first
    doubt ||= 'no process list came' unless answer.lines.include?('arguments')
    conclude('secrets in the arguments of processes', found, doubt)
  end

  def file_contents
    answer = ask(CB_CONTENTS)
    found = held(answer).reject { |kind, path| kind == 'private key' || @allowed.include?(path) }
    conclude('secrets in files', found.map { |kind, path| "#{path}: #{kind}" }, contents_doubt(answer))
  end

  def private_keys
    answer = ask(CB_CONTENTS)
    found = held(answer).select { |kind, path| kind == 'private key' && !@allowed.include?(path) }
    conclude('private keys in the image', found.map(&:last), contents_doubt(answer))
  end

  def readable_private_keys
    answer = ask(CB_CONTENTS)
    modes = answer.tagged('mode').filter_map { |line| CbEntry.read(line) }.to_h { |entry| [entry.path, entry] }
    keys = held(answer).select { |kind, _| kind == 'private key' }.map(&:last)
    found = keys.filter_map { |path| modes[path] }.select { |e| e.mode & 0o007 != 0 || (e.mode & 0o070 != 0 && e.gid != 0) }
    unknown = keys.reject { |path| modes.key?(path) }
    doubt = contents_doubt(answer) || ("no stat to tell the mode of #{unknown.first(3).join(', ')}" if unknown.any?)
    conclude('private keys that others can read', found.map { |e| "#{e.path} (#{e.permissions})" }, doubt)
  end

  def expired_certificates
    answer = ask(CB_CERTIFICATES)
    file = nil
    blocks = answer.lines.each_with_object({}) do |line, all|
      if line.start_with?('file /') then file = line.delete_prefix('file ')
      elsif file && !line.start_with?('closed ') then (all[file] ||= +'') << line << "\n"
      end
    end
    limit = Time.now + (@warn_days * 86_400)
    found, unread = [], []
    blocks.each do |path, text|
      text.scan(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/m) do |pem|
        ends = OpenSSL::X509::Certificate.new(pem).not_after
        found << "#{path} (until #{ends.utc.strftime('%Y-%m-%d')})" if ends < limit
      rescue OpenSSL::X509::CertificateError
        unread << path
      end
    end
    doubt = walk_doubt(answer) || ("#{unread.first} holds a certificate that cannot be read" if unread.any?)
    conclude('expired certificates', found, doubt)
  end

  # Mounted volumes are left out: a secret that is mounted is where it belongs.
  def held(answer)
    points = CbMounts.points(ask(CB_MOUNTS))
    answer.tagged('holds').map { |line| line.split('|', 2) }.reject { |_, path| path.nil? || CbMounts.mounted?(path, points) }
  end

  def contents_doubt(answer)
    return 'there is no grep -E in the container' if answer.lines.include?('nogrep')

    walk_doubt(answer)
  end

  def walk_doubt(answer)
    return answer.trouble if answer.trouble

    points = CbMounts.points(ask(CB_MOUNTS))
    closed = (answer.tagged('closed') + answer.errors.filter_map { |line| line[%r{: ['‘]?(/.*?)['’]?: Permission denied\z}, 1] }).uniq
    closed.reject! { |path| CbMounts.mounted?(path, points) }
    return "no permission to read #{closed.length} places: #{closed.first(5).join(', ')}" if closed.any?

    other = answer.errors.reject { |line| line.match?(%r{: Permission denied\z| ['‘]?/.*: No such file or directory\z}) }
    other.first&.slice(0, 160) || ('the search ended with an error' if !answer.clean? && answer.errors.empty?)
  end
end
