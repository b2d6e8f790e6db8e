#!/bin/sh

# shellcheck shell=busybox

# With this, rpcd's plugin is not run in search of a version.
case "$PKG_NAME" in
mini-mwan)
	mini-mwan --version | grep -F "$PKG_VERSION"
	;;

*)
	echo "Untested package: $PKG_NAME" >&2
	exit 1
	;;
esac
