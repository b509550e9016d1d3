control "container" do
  describe virtualization.system do
    it { should eq "docker" }
  end
end
