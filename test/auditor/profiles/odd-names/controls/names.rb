# frozen_string_literal: true

control "odd-names" do
  command('printf "/none/\377caf\303\251\n"').stdout.each_line do |name|
    describe file(name.chomp) do
      it { should_not exist }
    end
  end
end
