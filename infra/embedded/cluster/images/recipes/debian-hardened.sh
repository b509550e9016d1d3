# Runs inside the same Debian tree as debian-weak.sh, and sets right what a baseline asks for.
set -e
umask 022

# One unprivileged account for the workload; every other account is locked and has no login shell.
echo 'app:x:10001:10001:app:/nonexistent:/usr/sbin/nologin' >> /etc/passwd
echo 'app:x:10001:' >> /etc/group
echo 'app:!*:19000:7:60:7:::' >> /etc/shadow
sed -i -e 's#^\(sync:.*:\)/bin/sync$#\1/usr/sbin/nologin#' /etc/passwd
sed -i -e 's/^\([^:]*\):\*:\([0-9]*\):0:99999:7:::$/\1:!*:\2:7:60:7:::/' /etc/shadow
chown root:shadow /etc/shadow /etc/gshadow && chmod 0640 /etc/shadow /etc/gshadow
chmod 0644 /etc/passwd /etc/group
chmod 0700 /root
rm -f /etc/passwd- /etc/group- /etc/shadow- /etc/gshadow- /root/.bash_history

# No setuid or setgid programs, sticky world-writable directories, everything owned.
find / -xdev -type f -perm /6000 -exec chmod ug-s {} +
find / -xdev -type d -perm -0002 ! -perm -1000 -exec chmod +t {} +
find / -xdev \( -nouser -o -nogroup \) -exec chown root:root {} +

# Login policy.
sed -i -e 's/^UMASK.*/UMASK 027/' -e 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 60/' -e 's/^PASS_MIN_DAYS.*/PASS_MIN_DAYS 7/' -e 's/^LOGIN_RETRIES.*/LOGIN_RETRIES 5/' -e 's/^LOGIN_TIMEOUT.*/LOGIN_TIMEOUT 60/' /etc/login.defs
printf 'umask 027\nreadonly TMOUT=900\nexport TMOUT\n' > /etc/profile.d/baseline.sh
mkdir -p /etc/security/limits.d && echo '* hard core 0' > /etc/security/limits.d/core.conf
echo 'Authorised use only.' > /etc/issue && cp /etc/issue /etc/issue.net
printf 'root\n' > /etc/cron.allow 2> /dev/null || true
chmod 0700 /etc/cron.d /etc/cron.daily 2> /dev/null || true

# Nothing left of the package manager's downloads.
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /tmp/* /var/tmp/*
