import { describe, expect, it } from "vitest";
import { proxyFromEnvironment } from "#cluster/proxy.ts";

const proxy = "http://proxy.test:3128";
const taken = (server: string, noProxy: string) =>
  proxyFromEnvironment(new URL(server), { HTTPS_PROXY: proxy, NO_PROXY: noProxy }) !== undefined;

describe("the proxy of the environment", () => {
  it("is taken for every server when nothing is exempt", () => {
    expect(proxyFromEnvironment(new URL("https://a.test"), { https_proxy: proxy })).toBe(proxy);
    expect(proxyFromEnvironment(new URL("https://a.test"), {})).toBeUndefined();
  });

  it.each(["10.0.0.1:3128", "proxy.corp:3128", "proxy.corp"])("may lack its scheme: %s", (given) => {
    expect(proxyFromEnvironment(new URL("https://a.test"), { HTTPS_PROXY: given })).toBe(`http://${given}`);
  });

  it.each(["ftp://proxy.test", "http://", "not a proxy"])("is bad input when it is %s", (given) => {
    const take = () => proxyFromEnvironment(new URL("https://a.test"), { HTTPS_PROXY: given });
    expect(take).toThrow(
      expect.objectContaining({ code: "bad-request", message: expect.stringMatching(/^HTTPS_PROXY: /) }),
    );
  });

  it.each([
    ["https://api.corp.test", "corp.test"],
    ["https://api.corp.test", ".corp.test"],
    ["https://api.corp.test", "*.corp.test"],
    ["https://corp.test", "corp.test"],
    ["https://10.1.2.3:6443", "10.0.0.0/8"],
    ["https://10.1.2.3:6443", "10.1.2.3"],
    ["https://10.1.2.3:6443", "10.1.2.3:6443"],
    ["https://[fd00::1]:6443", "fd00::/8"],
    ["https://[fd00::1]:6443", "fd00::1"],
    ["https://a.test", "x, *"],
  ])("is not taken for %s when NO_PROXY is %s", (server, noProxy) => expect(taken(server, noProxy)).toBe(false));

  it.each([
    ["https://notcorp.test", "corp.test"],
    ["https://11.1.2.3", "10.0.0.0/8"],
    ["https://10.1.2.3:6443", "10.1.2.3:443"],
    ["https://1.10.1.2", "10.1.2"],
    ["https://a.test", "nonsense/99, ,"],
    ["https://10.1.2.3", "10.0.0.0/99"],
  ])("is taken for %s when NO_PROXY is %s", (server, noProxy) => expect(taken(server, noProxy)).toBe(true));
});
