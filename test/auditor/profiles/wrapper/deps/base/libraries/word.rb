class Word < Inspec.resource(1)
  name "word"

  def said
    inspec.command("echo said").stdout
  end
end
