# frozen_string_literal: true

require 'rspec/expectations'
require 'cb_answers'
require 'cb_from_files'

# A question whose answer is a list of places. Found something: fails. Looked everywhere, found nothing: passes. Could
# not look: skipped, with the reason. Places are paths, names and kinds, never contents, as InSpec prints what it compares.
module CbSearch
  include CbAsk

  SHOWN = 10

  def places
    @places || []
  end

  def failure_text
    rest = places.length - SHOWN
    list = places.first(SHOWN).join(', ')
    list += " and #{rest} more" if rest.positive?
    list += " (and not everything could be looked at: #{@doubt})" if @doubt
    "expected no #{@subject}, found #{places.length}: #{list}"
  end

  def to_s
    "Search for #{@subject}"
  end

  private

  # An image has no mounts, and what lies under one in its containers is not told there.
  def mount_points
    CbMounts.points(ask(CB_MOUNTS))
  rescue Inspec::Exceptions::ResourceSkipped
    []
  end

  def conclude(subject, found, doubt = nil)
    @subject = subject
    @places = found.map { |place| place.gsub(/[[:cntrl:]]/, '?')[0, 240] }.uniq.sort
    @doubt = doubt
    skip_resource("could not look for #{subject}: #{doubt}") if doubt && @places.empty?
  end
end

RSpec::Matchers.define :find_nothing do
  match { |search| search.places.empty? }
  failure_message(&:failure_text)
  description { 'find nothing' }
end
