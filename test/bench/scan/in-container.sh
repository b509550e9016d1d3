#!/bin/bash
# Makes a copy of a container's root a place where InSpec can be started: `in-container.sh PID FOLDER REPOSITORY PROFILE`, run
# in the container's namespaces and a mount namespace of its own, prints its process number outside of them, and stays.
set -eu
pid=$1 folder=$2 repository=$3 profile=$4
read -r own _ </proc/self/stat # this /proc is the machine's, and so is the number
mount --make-rprivate /
# Another device than the machine's disk: `find / -xdev` must not enter the mounts of Ruby and the gems.
mount -t tmpfs -o mode=755 tmpfs "$folder"
root=$folder
# A copy: neither an overlay over nor a bind of a mount from another namespace is allowed.
cp -ax "/proc/$pid/root/." "$root"
for tree in /usr/lib/ruby /usr/lib/x86_64-linux-gnu/ruby "$repository/vendor/bundle" "$repository/layers/auditor" "$profile"; do
  mkdir -p "$root$tree"
  mount --bind "$tree" "$root$tree"
done
mkdir -p "$root$repository/test/auditor"
cp "$repository/test/auditor/plain.rb" "$root$repository/test/auditor/"
ruby=$(readlink -f "$(command -v ruby)")
cp "$ruby" "$root/usr/bin/ruby"
# What Ruby and the parts of it that are written in C are linked with, where the image lacks it.
find "$ruby" /usr/lib/x86_64-linux-gnu/ruby "$repository/vendor/bundle" \( -name '*.so' -o -path "$ruby" \) -exec ldd {} + 2>/dev/null |
  awk '/=> \// { print $3 }' | sort -u | while read -r library; do
    [ -e "$root$library" ] || cp -L "$library" "$root$library"
  done
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$root/dev/" 2>/dev/null
ln -sfn /proc/self/fd "$root/dev/fd"
mkdir -p "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o nosuid,nodev,noexec tmpfs "$root/dev/shm"
mount -t devpts -o nosuid,noexec,newinstance devpts "$root/dev/pts"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
echo "$own"
exec sleep infinity
