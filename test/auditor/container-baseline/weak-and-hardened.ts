import { readFileSync } from "node:fs";
import type { Files } from "./tree.ts";

/** Each is planted in a weak container, and none may come out of it. */
export const planted = {
  environment: "planted-env-7f3a",
  argument: "planted-arg-51bd",
  awsKey: "AKIAPLANTEDPLANTED99",
  awsSecret: "PlantedPlantedPlantedPlantedPlantedPlant",
  urlPassword: "planted-url-88c1",
  envFile: "planted-file-0d42",
  netrc: "planted-netrc-b6e0",
  registry: "cGxhbnRlZDpwbGFudGVkLXJlZ2lzdHJ5",
  privateKey: "PlantedKeyMaterialMIIEvQIBADANBgkqhkiG",
  hash: "$1$salt$plantedhashplantedhash",
  nameless: "planted-nameless-40f2",
} as const;

function process1(uid: number, capabilities: string, tail: string, name = "app"): string {
  return `Name:\t${name}\nUmask:\t0022\nPid:\t1\nPPid:\t0\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${capabilities}\nCapBnd:\t${capabilities}\n${tail}`;
}

const mount = (root: string, point: string, options: string, type: string) =>
  `20 19 8:1 ${root} ${point} ${options} - ${type} none rw,password=${planted.registry}\n`;
const ports = (...listening: readonly string[]) =>
  ["sl local_address rem_address st", ...listening.map((port) => `0: 00000000:${port} 00000000:0000 0A`)].join("\n");
const key = `-----BEGIN PRIVATE KEY-----\n${planted.privateKey}\n-----END PRIVATE KEY-----\n`;

/** /proc is plain files here: the profile reads it and nothing else does. */
export const hardened: Files = {
  "etc/passwd": {
    text: "root:x:0:0:root:/root:/bin/sh\nbin:x:2:2:bin:/bin:/sbin/nologin\napp:x:1000:1000:app:/app:/sbin/nologin\n",
  },
  "etc/group": { text: "root:x:0:\nbin:x:2:\napp:x:1000:\n" },
  "etc/shadow": { text: "root:*:1::::::\nbin:!:1::::::\napp:!:1::::::\n", mode: 0o640 },
  "etc/profile": { text: "umask 027\n" },
  "var/tmp/": { mode: 0o1777 },
  "app/": { uid: 1000, gid: 1000 },
  "app/config.yml": { text: "password: $" + "{DB_PASSWORD}\nurl: http://db:5432/app\n", uid: 1000, gid: 1000 },
  "proc/1/status": { text: process1(1000, "0000000000000000", "NoNewPrivs:\t1\nSeccomp:\t2\n") },
  "proc/1/environ": { text: "PATH=/bin\0HOME=/app\0DB_PASSWORD_FILE=/run/secrets/db\0TOKEN_TTL=3600\0" },
  "proc/1/cmdline": { text: "/app/app\0--password-file=/run/secrets/db\0" },
  "proc/1/comm": { text: "app\n" },
  "proc/1/attr/current": { text: "cri-containerd.apparmor.d (enforce)\n" },
  "proc/self/mountinfo": {
    text:
      mount("/", "/", "ro,relatime", "overlay") +
      mount("/", "/proc", "rw", "proc") +
      mount("/sys", "/proc/sys", "ro", "proc") +
      mount("/", "/sys", "ro", "sysfs") +
      mount("/", "/data", "rw", "ext4"),
  },
  "proc/net/tcp": { text: ports("1F90") },
};

/** What is added on top of `hardened`, or takes its place. */
export const weak: Files = {
  "etc/passwd": {
    text: [
      "root:x:0:0:root:/root:/bin/sh",
      "toor::0:0::/root:/bin/sh",
      `svc:${planted.hash}:200:777::/nowhere:/bin/sh`,
      "eve:x:1001:1000::/home/eve:/bin/sh",
      "+::::::",
      "broken",
      "",
    ].join("\n"),
  },
  "etc/group": { text: "root:x:0:\napp:x:1000:\n", mode: 0o666 },
  "etc/shadow": { text: `root:*:1::::::\neve:${planted.hash}:1::::::\n`, mode: 0o644 },
  "etc/profile": { mode: 0o666 },
  "etc/app.conf": { text: `url=postgres://u:${planted.urlPassword}@db/x\n`, mode: 0o666 },
  "etc/tls.crt": { text: readFileSync(new URL("./expired.crt", import.meta.url), "utf8") },
  "etc/tls.key": { text: key },
  "home/eve/": { mode: 0o777 },
  "tmp/": { mode: 0o777 },
  "root/": { mode: 0o755 },
  "root/.bash_history": { text: `mysql -p${planted.netrc}\n` },
  "root/.rhosts": { text: "+ +\n" },
  "root/.ssh/authorized_keys": { text: "ssh-ed25519 AAAA\n" },
  "root/.netrc": { text: `machine x login y password ${planted.netrc}\n` },
  "root/.aws/credentials": {
    text: `aws_access_key_id = ${planted.awsKey}\naws_secret_access_key = ${planted.awsSecret}\n`,
  },
  "root/.docker/config.json": { text: `{"auths":{"x":{"auth":"${planted.registry}"}}}` },
  "root/.cache/pip/x": {},
  "app/.env": { text: `DB_PASSWORD=${planted.envFile}\n` },
  "app/.git/HEAD": { text: "ref: refs/heads/main\n" },
  "opt/two\nlines": { mode: 0o666 },
  "opt/orphan": { uid: 4242 },
  "opt/suid": { mode: 0o4755 },
  "opt/core.7": { text: "core" },
  "usr/local/bin/": { mode: 0o777 },
  "usr/bin/tool": { uid: 1000, mode: 0o755 },
  "usr/bin/gcc": { mode: 0o755 },
  "usr/bin/telnet": { mode: 0o755 },
  "usr/bin/sshd": { mode: 0o755 },
  "usr/bin/sudo": { mode: 0o755 },
  "usr/bin/strace": { mode: 0o755 },
  "usr/bin/apt-get": { mode: 0o755 },
  "var/lib/apt/lists/local_Packages": { text: "Package: x\n" },
  "var/spool/cron/root": { text: "* * * * * x\n", mode: 0o666 },
  "run/secrets/kubernetes.io/serviceaccount/token": { text: planted.environment },
  "var/run/secrets/kubernetes.io/serviceaccount/token": { text: planted.environment },
  "proc/1/status": { text: process1(0, "000001ffffffffff", "NoNewPrivs:\t0\nSeccomp:\t0\n").replace("0022", "0000") },
  "proc/1/environ": {
    text: `DB_PASSWORD=${planted.environment}\nsecond line\0KEY_ID=${planted.awsKey}\0DSN=mysql://a:${planted.urlPassword}@h/x\0${planted.nameless}\0`,
  },
  "proc/1/cmdline": { text: `/app/app\0--password=${planted.argument}\0` },
  "proc/1/attr/current": { text: "unconfined\n" },
  "proc/2/status": { text: process1(0, "0", "", "kthreadd").replace("Pid:\t1", "Pid:\t2") },
  "proc/self/mountinfo": {
    text:
      mount("/", "/", "rw,relatime", "overlay") +
      mount("/", "/proc", "rw", "proc") +
      mount("/", "/sys", "rw", "sysfs") +
      mount("/", "/host/proc", "rw", "proc") +
      mount("/etc/kubernetes", "/host/etc", "rw", "ext4") +
      mount("/docker.sock", "/run/docker.sock", "rw", "tmpfs"),
  },
  "proc/net/tcp": { text: ports("0016", "138D") },
};
