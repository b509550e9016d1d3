# frozen_string_literal: true

control "inputs" do
  names = %w[allow mode size tls big day time text own]
  title(names.map { |name| "#{name}=#{input(name).inspect}" }.join(" "))
  describe(input("allow")) { it { should eq false } }
end
