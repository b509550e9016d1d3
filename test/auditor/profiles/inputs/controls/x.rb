control "inputs" do
  describe input("answer") do
    it { should eq 42 }
  end
  describe input("words") do
    it { should eq %w[a b] }
  end
end
