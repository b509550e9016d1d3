require "socket"
ObjectSpace.each_object(UNIXSocket) { |socket| socket.write("GET / HTTP/1.1\r\n\r\n") unless socket.closed? }
sleep
