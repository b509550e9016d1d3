# frozen_string_literal: true

module Muster
  # InSpec does not recognise a containerd pod as a container. On request its `virtualization` says what it would say
  # where /.dockerenv exists.
  module ContainerView
    def self.install
      Inspec::Resources::Virtualization.prepend(Docker)
    end

    module Docker
      private

      def collect_data_linux
        @virtualization_data[:system] = "docker"
        @virtualization_data[:role] = "guest"
      end
    end
  end
end
