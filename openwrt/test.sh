#!/bin/sh

# shellcheck shell=busybox

case "$PKG_NAME" in
mini-mwan)
	config=$(mktemp)
	trap 'rm -f "$config"' EXIT
	printf "config interface 'wan'\n\toption device 'eth0'\n\toption metric 'ten'\n" > "$config"
	mini-mwan validate --config "$config" 2>&1 | grep -F "line 3: option metric 'ten'"
	;;

*)
	echo "Untested package: $PKG_NAME" >&2
	exit 1
	;;
esac
