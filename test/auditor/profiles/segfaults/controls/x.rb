require "fiddle"
Fiddle::Pointer.new(1)[0, 8]
