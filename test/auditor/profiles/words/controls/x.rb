control "words" do
  describe file(input("path")) do
    its("content") { should_not match(/forbidden/) }
  end
end
