# frozen_string_literal: true

# What one command told. Every script of this profile ends with a line "#end STATUS": without it the answer was cut, or
# the command never ran, and then nothing may be concluded from what is missing in it.
class CbAnswer
  attr_reader :lines, :errors, :trouble

  def initialize(stdout, stderr, exit_status)
    all = text(stdout).split("\n")
    @errors = text(stderr).split("\n").reject(&:empty?)
    @finished = all.last.to_s.start_with?('#end ')
    notes, @lines = all.partition { |line| line.start_with?('#end ', '#trouble ') }
    @status = notes.last.to_s[/\A#end (\d+)/, 1].to_i
    said = notes.grep(/\A#trouble /).map { |line| line.sub('#trouble ', '') }
    @trouble = said.first || (unfinished(exit_status) unless @finished)
  end

  def clean?
    @finished && @status.zero? && trouble.nil?
  end

  # The rest of each line that begins with this tag.
  def tagged(tag)
    lines.filter_map { |line| line.delete_prefix("#{tag} ") if line.start_with?("#{tag} ") }
  end

  private

  def text(bytes)
    String.new(bytes.to_s).force_encoding(Encoding::UTF_8).scrub('?')
  end

  def unfinished(exit_status)
    return "the listing is longer than #{lines.length} lines and was cut" if lines.length >= 20_000
    missing = errors.filter_map { |line| line[/(\w+): (command )?not found\z/, 1] }.uniq.sort
    return "there is no #{missing.join(' and no ')} in the container" if missing.any?
    return "the command did not run to its end: #{errors.first[0, 160]}" if errors.any?

    "the command did not run to its end (exit status #{exit_status}, no output)"
  end
end

# Asks each question once per connection, whether or not the caller switched InSpec's command cache on (as a library it
# is off). The memory hangs on the connection, so two targets in one process can never share it.
module CbAsk
  def ask(command)
    connection = inspec.backend
    memory = connection.instance_variable_get(:@cb_answers) || connection.instance_variable_set(:@cb_answers, {})
    memory[command] ||= begin
      result = connection.run_command(command)
      CbAnswer.new(result.stdout, result.stderr, result.exit_status)
    rescue Train::CommandTimeoutReached
      CbAnswer.new('', 'it ran out of time', 0)
    rescue Inspec::Exceptions::ResourceSkipped
      told = CbFromFiles.new(connection).tell(command) or raise
      CbAnswer.new([*told.lines, '#end 0'].join("\n"), told.errors.join("\n"), 0)
    end
  end
end
