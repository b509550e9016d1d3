# frozen_string_literal: true

# Before any `require` of a gem: a default gem of Ruby's own, once loaded, keeps out the newer one that InSpec wants.
gems = File.expand_path("../../vendor/bundle/ruby/#{RbConfig::CONFIG["ruby_version"]}", __dir__)
unless File.directory?(gems)
  raise LoadError, "the auditor's gems are not installed for this Ruby; run: sh layers/auditor/install.sh"
end

Gem.use_paths(gems, [gems]) # Bundler would take a third of a second to say the same
