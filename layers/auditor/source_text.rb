# frozen_string_literal: true

module Muster
  # The text of a control in the report. InSpec finds its end by evaluating the first line, the first two, the first three,
  # until Ruby takes it for whole: up to a third of a scan. Here the `end` at the control's own indentation is tried, and
  # taken when one parse proves it: the text is one block that opens in the first line and closes in the last, so that
  # nothing shorter is whole. What does not look like that goes InSpec's way.
  # It reaches into InSpec, so it is for one exact version and stays out of the way on any other.
  module SourceText
    VERSION = "5.24.24"
    # Words that parse anywhere and compile in some places only.
    BOUND = /\b(yield|retry|redo)\b/

    def self.install
      if Inspec::VERSION != VERSION
        warn "auditor: source_text.rb is made for inspec-core #{VERSION}; #{Inspec::VERSION} runs without it"
        return false
      end
      return false unless defined?(RubyVM::AbstractSyntaxTree)

      Inspec::MethodSource.singleton_class.prepend(ByBlock)
      true
    end

    module ByBlock
      def code_at(location, source_reader)
        ref, line = location&.values_at(:ref, :line)
        return super if ref.nil? || line.nil? || source_reader&.target.nil?

        source = source_reader.tests[ref.sub(source_reader.target.prefix, "")]
        (source && SourceText.block_at(source, line))&.force_encoding("utf-8") || super
      end
    end

    @lines = {}.compare_by_identity

    # The text of the block that begins in this line, counted from 1; nil where it takes more than a look to find its end.
    def self.block_at(source, line)
      lines = @lines[source] ||= source.lines
      first = lines[line - 1]
      opening = first&.match(/\A([ \t]*)\S.*(\bdo\b|\{)/) or return nil
      closing = /\A#{opening[1]}#{opening[2] == "do" ? "end" : "}"}\s*\z/
      length = lines[line..].index { |each| closing.match?(each) } or return nil
      text = lines[line - 1, length + 2].join
      text if one_block?(text, length + 2)
    end

    def self.one_block?(text, lines)
      return false if BOUND.match?(text)

      *, body = parse(text)&.children
      return false unless body&.type == :ITER

      _, block = body.children
      [body, block].all? { |node| node.first_lineno == 1 && node.last_lineno == lines }
    end
    private_class_method :one_block?

    def self.parse(text)
      verbose = $VERBOSE
      $VERBOSE = nil
      RubyVM::AbstractSyntaxTree.parse(text)
    rescue SyntaxError, ArgumentError
      nil
    ensure
      $VERBOSE = verbose
    end
    private_class_method :parse
  end
end
