# frozen_string_literal: true

module Muster
  # A question that cannot be asked in this target, as there is no shell for it, or whose answer tells nothing. InSpec skips a resource that says so while it
  # is made; a check that finds it out later, and a control that does while it is read, are skipped in the same way. None of
  # them is ever a verdict.
  class NotAsked < Inspec::Exceptions::ResourceSkipped
    def self.install
      RSpec::Core::Example.prepend(SkippedExample)
      Inspec::Rule.prepend(SkippedControl)
      Inspec::ControlEvalContext.prepend(SkippedFile)
      Inspec::ProfileContext.prepend(ReadSource)
      Inspec::Reporters::Json.prepend(NamelessResource)
    end

    # InSpec would keep the message only, and fail.
    module SkippedControl
      def instance_eval(*args, &block)
        super
      rescue NotAsked => e
        describe("Control Source") { skip e.message }
      end
    end

    class << self
      # What a profile asked while it was read, outside of its controls: InSpec then calls the profile broken.
      attr_accessor :while_read
    end

    module ReadSource
      def load_with_context(*)
        super
      rescue NotAsked => e
        NotAsked.while_read ||= e.message
        raise
      end
    end

    # A file of controls that are for some containers only: whether for this one cannot be told.
    module SkippedFile
      def only_if(message = nil, &block)
        super
      rescue NotAsked => e
        block.define_singleton_method(:yield) { false } # the block itself tells InSpec which file it is in
        super(e.message, &block)
      end
    end

    # After the last check the report asks each file where it leads, to name it.
    module NamelessResource
      private

      def extract_resource_id(result)
        super
      rescue NotAsked
        "" # InSpec's own word for a resource without a name
      end
    end

    # RSpec's own word for a check that says in its middle that it is to be skipped.
    module SkippedExample
      def set_exception(exception)
        return super unless exception.is_a?(NotAsked)

        metadata[:description] = exception.message # which InSpec reports as the reason
        RSpec::Core::Pending.mark_skipped!(self, exception.message)
      end
    end
  end
end
