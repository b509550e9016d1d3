# Controls whose text is not easy to find: every one of them is in the report as it stands here.
control "plain" do
  desc <<~TEXT
    A text with an
    end
    of its own.
  TEXT
  describe(true) { it { should eq true } }
end

control "one-line" do describe(true) { it { should eq true } } end
control("braces") { describe(true) { it { should eq true } } }

control "braces-of-many-lines" do |_|
  describe(true) {
    it { should eq true }
  }
end

control("bracket") {
  describe(true) { it { should eq true } }
}

control "two-lines-of-arguments",
        {} do
  describe(true) { it { should eq true } }
end

%w[first second].each do |name|
  control "looped-#{name}" do # a comment with an end
    describe(name) do
      it { should_not eq "third" }
    end
  end
end

if true then control "in-a-condition" do
  describe(true) { it { should eq true } }
end
end

control "with-a-tail" do
  describe(true) { it { should eq true } }
end if true

  control "indented" do
  describe "text with a \
continued line" do
    it { should match(/#{"cont"}inued/) }
  end
    describe("end") { it { should eq "end" } }
  end


control "unknown-word" do
  describe no_such_resource("x") do
    it { should exist }
  end
end

control "misspelt" do
  describe(true) { it { should eqq true } }
end

control "misspelt-property" do
  describe file("/etc/passwd") do
    its("contnet") { should match(/root/) }
  end
end

describe "outside of any control" do
  it { should match(/any/) }
end

control "plain" do
  impact 0.3
end
