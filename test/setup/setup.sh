#!/bin/sh
# Installs what the README's commands need on a bare Debian, as root. Does nothing where it is all there.
set -e
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive

# What the lab and the program run, and what makes an executable of it.
PACKAGES='iproute2 iputils-ping iputils-arping nftables procps socat curl openssl busybox cron strace keepalived gcc libc6-dev make'
# A kernel that has CAKE, and what is measured in it.
PACKAGES="$PACKAGES user-mode-linux iperf3 fping"
# What history is written with.
PACKAGES="$PACKAGES sqlite3"
# What else they recommend are services, or much that a browser without a screen needs not.
BARE='dhcpcd-base dnsmasq-base mptcpize msmtp lighttpd chromium openssh-client openssh-server'
OLDEST=2025-04-26

absent() {
  for package; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# Other programs are called qjs, too; and an old one may come first in PATH.
has_quickjs() {
  version=$(qjs --help 2>/dev/null | sed -n '1s/^QuickJS version //p')
  [ "$(printf '%s\n' "$OLDEST" "$version" | sort | head -n 1)" = "$OLDEST" ] || return 1
  compiler=$(command -v qjsc) || return 1
  [ -e "$(dirname "$(readlink -f "$compiler")")/../include/quickjs/quickjs-libc.h" ]
}

build_quickjs() {
  apt-get install -y -qq --no-install-recommends xz-utils
  source=$(mktemp -d)
  trap 'rm -rf "$source"' EXIT
  ./quickjs-source.sh "$source"
  make -s -C "$source" -j"$(nproc)" qjs qjsc libquickjs.a
  cd "$source"
  install -s -D -t /usr/local/bin qjs qjsc
  install -m 644 -D -t /usr/local/lib/quickjs libquickjs.a
  install -m 644 -D -t /usr/local/include/quickjs quickjs.h quickjs-libc.h
}

missing=$(absent $PACKAGES)
bare=$(absent $BARE)
[ -n "$missing$bare" ] || ! has_quickjs || exit 0

apt-get update -qq
[ -z "$missing" ] || apt-get install -y -qq $missing
[ -z "$bare" ] || apt-get install -y -qq --no-install-recommends $bare
has_quickjs && exit
if apt-cache show quickjs libquickjs >/dev/null 2>&1; then
  apt-get install -y -qq quickjs libquickjs
else
  build_quickjs
fi
has_quickjs && exit
echo "setup: the first qjs in PATH is not QuickJS $OLDEST or newer, or lacks qjsc: $(command -v qjs)" >&2
exit 1
