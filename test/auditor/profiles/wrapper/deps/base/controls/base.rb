control "from-base" do
  impact 0.9
  describe word do
    its("said") { should eq "said\n" }
  end
end

control "left-out" do
  describe word do
    its("said") { should eq "other" }
  end
end
