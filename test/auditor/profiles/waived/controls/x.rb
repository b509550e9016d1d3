%w[waived-not-run waived-and-run waived-once].each do |id|
  control id do
    describe file("/no/such/file") do
      it { should exist }
    end
  end
end
