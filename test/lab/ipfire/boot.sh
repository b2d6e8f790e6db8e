#!/bin/sh
# The lab's IPFire from power on: what is volatile is gone, devices have the names that the settings give them, then the scripts
# start. It runs inside the machine.
PATH=/usr/local/bin:/bin:/usr/bin:/sbin:/usr/sbin

find /run -mindepth 1 -delete
mkdir -p /run/lock /run/dhcpcd
rm -f /var/ipfire/red/active /var/ipfire/dhcpc/*.info /var/ipfire/dhcpc/*.pid /var/ipfire/dhcpc/*.cache

for device in $(ls /sys/class/net); do
	case $device in
		lo) ;;
		red* | green* | eth*)
			ip link set dev $device down
			ip addr flush dev $device
			;;
	esac
done
ip -4 rule flush
ip -4 rule add pref 32766 table main
ip -4 rule add pref 32767 table default
ip -4 route flush table all scope global 2>/dev/null

busybox syslogd -O /var/log/messages -S
/etc/rc.d/init.d/firewall start
exec /etc/rc.d/init.d/network start
