# Runs inside a Debian tree. Gives it the release, account and package files of the Red Hat family, bash as sh, and nothing of dpkg.
# Its programs stay Debian's: what scanners meet first in such an image is its files.
set -e
umask 022
rm -rf /etc/debian_version /etc/dpkg /etc/apt /etc/apt.conf.d /var/lib/dpkg /var/lib/apt /var/cache/apt /var/cache/debconf /var/lib/pam
rm -f /usr/bin/dpkg* /usr/bin/apt* /usr/bin/deb* /usr/sbin/dpkg* /etc/issue /etc/issue.net
ln -sf bash /usr/bin/sh

cat > /usr/lib/os-release << 'RELEASE'
NAME="Red Hat-like Linux"
VERSION="9.4 (Example)"
ID="rhel"
ID_LIKE="fedora"
VERSION_ID="9.4"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Red Hat-like Linux 9.4 (Example)"
RELEASE
ln -sf ../usr/lib/os-release /etc/os-release
echo 'Red Hat-like Linux release 9.4 (Example)' > /etc/redhat-release
ln -sf redhat-release /etc/system-release

cat > /etc/passwd << 'PASSWD'
root:x:0:0:root:/root:/bin/bash
bin:x:1:1:bin:/bin:/sbin/nologin
daemon:x:2:2:daemon:/sbin:/sbin/nologin
adm:x:3:4:adm:/var/adm:/sbin/nologin
lp:x:4:7:lp:/var/spool/lpd:/sbin/nologin
sync:x:5:0:sync:/sbin:/bin/sync
shutdown:x:6:0:shutdown:/sbin:/sbin/shutdown
halt:x:7:0:halt:/sbin:/sbin/halt
mail:x:8:12:mail:/var/spool/mail:/sbin/nologin
operator:x:11:0:operator:/root:/sbin/nologin
games:x:12:100:games:/usr/games:/sbin/nologin
ftp:x:14:50:FTP User:/var/ftp:/sbin/nologin
nobody:x:65534:65534:Kernel Overflow User:/:/sbin/nologin
PASSWD
cat > /etc/group << 'GROUP'
root:x:0:
bin:x:1:
daemon:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mem:x:8:
kmem:x:9:
wheel:x:10:
mail:x:12:
man:x:15:
games:x:20:
utmp:x:22:
ftp:x:50:
lock:x:54:
audio:x:63:
users:x:100:
nobody:x:65534:
GROUP
while IFS=: read -r name _; do echo "$name:*:19000:0:99999:7:::"; done < /etc/passwd > /etc/shadow
while IFS=: read -r name _; do echo "$name:::"; done < /etc/group > /etc/gshadow
chmod 0000 /etc/shadow /etc/gshadow
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow-
find / -xdev \( -nouser -o -nogroup -o -group 42 -o -group 50 \) -exec chown -h root:root {} +

mkdir -p /etc/yum.repos.d /etc/dnf /etc/rpm /etc/pki/rpm-gpg /var/lib/rpm /var/cache/dnf /var/lib/dnf
printf '[main]\ngpgcheck=1\ninstallonly_limit=3\nclean_requirements_on_remove=True\nbest=True\n' > /etc/dnf/dnf.conf
printf '[baseos]\nname=BaseOS\nbaseurl=https://mirror.muster.test/9/BaseOS/\nenabled=1\ngpgcheck=1\n' > /etc/yum.repos.d/base.repo
printf '%%_dbpath /var/lib/rpm\n' > /etc/rpm/macros
