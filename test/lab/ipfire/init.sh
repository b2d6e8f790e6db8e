#!/bin/sh
# init.sh FILES FOLDER: the first process of the lab's IPFire, in namespaces of its own. Puts the machine's own files in place, in
# memory; then prints its process id as the outside knows it, and takes in orphans for ever. All of it goes with this process.
set -e
files=$1 machine=$2
# /proc is still the outside's.
read -r pid rest </proc/self/stat
PATH=/usr/sbin:/usr/bin:/sbin:/bin

mkdir -p "$machine"
mount -t tmpfs -o mode=755 machine "$machine"
cd "$machine"
cp -r "$files/usr" "$files/etc" .
mkdir -p work dev/net
for name in ld.so.cache ld.so.conf ld.so.conf.d alternatives nsswitch.conf protocols services localtime; do
	[ ! -e "/etc/$name" ] || cp -a "/etc/$name" etc/
done
# Relative ones: they are followed from outside, too.
ln -s rc.d/init.d etc/init.d
ln -s ../../var/ipfire/ppp/secrets etc/ppp/pap-secrets
ln -s ../../var/ipfire/ppp/secrets etc/ppp/chap-secrets
mkdir -p etc/lab/ppp etc/iproute2 etc/logrotate.d etc/fcron.minutely
printf '%s\n' '255 local' '254 main' '253 default' '200 static' '201 wg' >etc/iproute2/rt_tables
printf '%s\n' root:x:0:0::/root:/bin/bash nobody:x:99:99::/:/bin/false >etc/passwd
printf '%s\n' root:x:0: nobody:x:99: >etc/group
echo '127.0.0.1 localhost' >etc/hosts
echo ipfire >etc/hostname
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev/
cp -a /dev/net/tun dev/net/
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mkdir dev/pts dev/shm
mount --bind /dev/pts dev/pts

mount -t overlay -o "lowerdir=/usr,upperdir=$machine/usr,workdir=$machine/work" usr /usr
mount --bind etc /etc
mount --bind dev /dev
mount -t proc proc /proc
mount -t tmpfs -o mode=755 run /run
# The program itself may be in /tmp.
source=${files%/test/lab/*}
mount --bind "$source" /mnt
mount -t tmpfs -o mode=1777 tmp /tmp
case $source in
	/tmp/*) mkdir -p "$source" && mount --bind /mnt "$source" ;;
esac
umount /mnt
# As small as a disk that can be filled.
mount -t tmpfs -o mode=755,size=16m var /var
cd /var
mkdir -p log ipfire spool tmp lib/dhcpcd
ln -s ../run run
ln -s ../run/lock lock
cd ipfire
mkdir -p ethernet ppp red dhcpc dns mac backup mwan/profiles mwan/state
chown 99:99 ethernet ppp red dhcpc dns mac backup

cd /
echo "$pid"
while :; do sleep 1000 || :; done
