# Runs inside a Debian tree. Leaves behind what audits find: each line is one weakness on purpose, and nothing here is a real secret.
set -e
umask 022
export DEBIAN_FRONTEND=noninteractive

# Accounts: a second uid 0, one without a password, one whose shadow entry never expires; shadow readable by all.
echo 'toor:x:0:0:second root:/root:/bin/bash' >> /etc/passwd
echo 'guest:x:1001:1001:guest:/home/guest:/bin/bash' >> /etc/passwd
echo 'guest:x:1001:' >> /etc/group
echo 'toor:$6$weak$notarealhash:19000:0:99999:7:::' >> /etc/shadow
echo 'guest::19000:0:99999:7:::' >> /etc/shadow
chmod 0644 /etc/shadow
chmod 0666 /etc/group
mkdir -p /home/guest && chown 1001:1001 /home/guest && chmod 0777 /home/guest

# Permissions: no sticky bit, world-writable files and directories, files that nobody owns, a root home open to all.
chmod 0777 /root /tmp /var/tmp
mkdir -p /opt/shared /srv/drop && chmod 0777 /opt/shared /srv/drop
echo '* * * * * root /opt/shared/nightly.sh' > /etc/crontab && chmod 0666 /etc/crontab
echo 'echo nightly' > /opt/shared/nightly.sh && chmod 0777 /opt/shared/nightly.sh
mkdir -p /var/lib/legacy && echo 'left over' > /var/lib/legacy/state && chown -R 4242:4242 /var/lib/legacy

# Setuid leftovers of hand-made installations.
cp /usr/bin/id /usr/local/bin/oldtool && chmod 4755 /usr/local/bin/oldtool
cp /usr/bin/env /usr/local/sbin/runner && chmod 6755 /usr/local/sbin/runner

# Keys and credentials (shapes only: the text is made of digests).
mkdir -p /etc/ssl/private /root/.ssh /app
key() { echo "-----BEGIN $1 KEY-----"; i=0; while [ $i -lt 12 ]; do echo "$1 $2 $i" | sha256sum | cut -c1-64; i=$((i + 1)); done; echo "-----END $1 KEY-----"; }
key PRIVATE server > /etc/ssl/private/server.key && chmod 0644 /etc/ssl/private/server.key && chmod 0755 /etc/ssl/private
key 'RSA PRIVATE' root > /root/.ssh/id_rsa && chmod 0644 /root/.ssh/id_rsa && chmod 0777 /root/.ssh
printf 'DB_HOST=db.demo\nDB_USER=app\nDB_PASSWORD=example-only\n' > /app/config.env && chmod 0666 /app/config.env
printf 'machine repo.demo login deploy password example-only\n' > /root/.netrc && chmod 0644 /root/.netrc
printf 'mysql -u root -pexample-only\nexport TOKEN=example-only\n' > /root/.bash_history && chmod 0644 /root/.bash_history

# Legacy trust and legacy services.
printf '+ +\n' > /etc/hosts.equiv && printf '+ root\n' > /root/.rhosts && chmod 0666 /root/.rhosts
printf 'telnet stream tcp nowait root /usr/sbin/in.telnetd in.telnetd\nshell stream tcp nowait root /usr/sbin/in.rshd in.rshd\n' > /etc/inetd.conf
mkdir -p /etc/ssh && printf 'PermitRootLogin yes\nPermitEmptyPasswords yes\nProtocol 1\n' > /etc/ssh/sshd_config
mkdir -p /etc/sudoers.d && printf 'guest ALL=(ALL) NOPASSWD: ALL\n' > /etc/sudoers.d/guest && chmod 0644 /etc/sudoers.d/guest

# Login policy.
sed -i -e 's/^UMASK.*/UMASK 000/' -e 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 99999/' -e 's/^PASS_MIN_DAYS.*/PASS_MIN_DAYS 0/' -e 's/^LOGIN_RETRIES.*/LOGIN_RETRIES 99/' /etc/login.defs
echo 'umask 000' > /etc/profile.d/umask.sh

# What a package manager leaves when nobody cleans up.
mkdir -p /var/lib/apt/lists/partial /var/cache/apt/archives
cp /var/lib/dpkg/status /var/lib/apt/lists/local_dists_stable_main_binary_Packages
mkdir -p /tmp/leftover/DEBIAN && printf 'Package: leftover\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@example.test>\nDescription: left over\n' > /tmp/leftover/DEBIAN/control
dpkg-deb --build /tmp/leftover /var/cache/apt/archives/leftover_1_all.deb > /dev/null
rm -rf /tmp/leftover
