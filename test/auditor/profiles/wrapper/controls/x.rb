require_controls "base" do
  control "from-base" do
    impact 0.1
  end
end
