#!/bin/sh
# Makes dist/mini-mwan_VERSION-1_all.ipk, a package for opkg, of what `mini-mwan install` lays down. The layout and tar's
# options are those of OpenWrt's scripts/ipkg-build; the same source gives the same bytes.
set -e
umask 022
cd "$(dirname "$0")/../.."
version=$(node -p 'require("./package.json").version')-1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pack() { tar --format=gnu --owner=0 --group=0 --numeric-owner --sort=name --mtime=@0 -cf - "$@" | gzip -n -9; }

# The crontab is not the package's: its line comes and goes with the service.
mkdir -p "$work/data/etc/crontabs"
touch "$work/data/etc/openwrt_release"
node dist/mini-mwan.cjs install --root "$work/data" >/dev/null
rm -r "$work/data/etc/crontabs" "$work/data/etc/openwrt_release" "$work/data/usr/lib/mini-mwan/made"
(cd "$work/data" && pack .) >"$work/data.tar.gz"

cp -r lib/package/control "$work"
size=$(gzip -dc "$work/data.tar.gz" | wc -c)
sed -i "s/VERSION/$version/; s/SIZE/$size/" "$work/control/control"
chmod 644 "$work"/control/*
chmod 755 "$work"/control/post* "$work"/control/pre*
(cd "$work/control" && pack .) >"$work/control.tar.gz"

echo 2.0 >"$work/debian-binary"
(cd "$work" && pack ./debian-binary ./data.tar.gz ./control.tar.gz) >"dist/mini-mwan_${version}_all.ipk"
echo "dist/mini-mwan_${version}_all.ipk"
