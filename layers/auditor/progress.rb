# frozen_string_literal: true

module Muster
  # Listens to RSpec and tells Node of each control when the last of its checks has ended, and whoever made it of the end.
  class Progress
    EVENTS = %i[example_passed example_failed example_pending].freeze
    RANK = { "passed" => 0, "skipped" => 1, "failed" => 2 }.freeze

    def initialize(wire, groups, &at_end)
      @wire = wire
      @at_end = at_end
      @left = Hash.new(0)
      @status = {}
      groups.flat_map(&:descendant_filtered_examples).each { |example| @left[key(example)] += 1 }
      @total = @left.size
      @done = 0
    end

    def example_passed(note) = count(note.example, "passed")
    def example_failed(note) = count(note.example, "failed")
    def example_pending(note) = count(note.example, "skipped")

    private

    def key(example) = example.metadata.values_at(:profile_id, :id)

    def count(example, status)
      control = key(example)
      worst = [@status[control], status].compact.max_by { |word| RANK.fetch(word) }
      @status[control] = worst
      @left[control] -= 1
      return unless @left[control].zero?

      @done += 1
      @wire.tell(type: "progress", control: control.last.to_s, status: worst, done: @done, total: @total)
      @at_end.call if @done == @total
    end
  end
end
