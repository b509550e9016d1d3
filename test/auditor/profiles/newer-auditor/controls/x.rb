control "x" do
  describe file("/") do
    it { should exist }
  end
end
