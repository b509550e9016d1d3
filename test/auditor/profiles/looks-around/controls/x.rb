require "socket"

def outcome
  yield.to_s
rescue SystemCallError, SocketError => e
  e.class.name
end

seen = {
  env: ENV.to_h,
  network: outcome { TCPSocket.new("127.0.0.1", input("port")) && "connected" },
  name: outcome { Addrinfo.getaddrinfo("localhost", 80).size },
  descriptors: Dir.children("/proc/self/fd").size,
  node: outcome { File.binread("/proc/#{input("node")}/environ") },
  secret: outcome { File.read(input("secret")) },
  written: outcome { File.write(File.join(File.dirname(__FILE__), "written"), "x") },
  kill: outcome { Process.kill(0, input("node")) && "could" }
}

control "looks" do
  title seen.to_json
  describe(true) { it { should eq true } }
end
