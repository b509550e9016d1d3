control "odd-bytes" do
  describe command('printf "a\377b"').stdout.bytes do
    it { should eq [97, 255, 98] }
  end
  describe command('printf "a\377b"') do
    its("stdout") { should match(/a/) }
  end
  describe command('printf "a\377b\n"') do
    its("stdout") { should eq "other" }
  end
end

control "text" do
  describe command("printf 'gr\303\274\303\237e'") do
    its("stdout") { should eq "grüße" }
  end
end
