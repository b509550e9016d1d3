{ "long" => 60, "unbounded" => nil }.each do |name, longer|
  text = "sleep 2; echo #{name}"
  control "#{name}-short" do
    describe command(text, timeout: 1) do
      its("stdout") { should eq "#{name}\n" }
    end
  end
  control name do
    describe command(text, timeout: longer) do
      its("stdout") { should eq "#{name}\n" }
    end
  end
end
