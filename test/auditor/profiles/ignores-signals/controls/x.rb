%w[TERM INT HUP CHLD].each { |name| trap(name, "IGNORE") }
sleep
