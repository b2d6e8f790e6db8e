#!/bin/sh
# The lab's IPFire from power on: what is volatile is gone, devices have the names that the settings give them, then the scripts
# start. It runs inside the machine.
PATH=/usr/local/bin:/bin:/usr/bin:/sbin:/usr/sbin

find /run -mindepth 1 -delete
mkdir -p /run/lock /run/dhcpcd
rm -f /var/ipfire/red/active /var/ipfire/dhcpc/*.info /var/ipfire/dhcpc/*.pid /var/ipfire/dhcpc/*.cache

# As udev does: a device gets the name of the first zone with its address.
eval $(readhash /var/ipfire/ethernet/settings)
name_of() {
	for zone in RED GREEN ORANGE BLUE INTF0 INTF1 INTF2 INTF3; do
		eval "address=\$${zone}_MACADDR name=\$${zone}_DEV"
		[ "$address" != "$1" ] || { echo "$name"; return; }
	done
}
cd /sys/class/net
for device in red* green* eth*; do
	[ -e $device ] || continue
	read -r address <$device/address
	read -r index <$device/ifindex
	printf '%s\n' "link set $device down" "addr flush dev $device" "link set $device name eth$index" >&3
	name=$(name_of "$address")
	[ -z "$name" ] || echo "link set eth$index name $name" >&4
done 3>/run/first 4>/run/then
ip -batch /run/first
ip -force -batch /run/then
rm /run/first /run/then

ip -4 rule flush
ip -4 rule add pref 32766 table main
ip -4 rule add pref 32767 table default
ip -4 route flush table all scope global 2>/dev/null

busybox syslogd -O /var/log/messages -S
/etc/rc.d/init.d/firewall start
exec /etc/rc.d/init.d/network start
