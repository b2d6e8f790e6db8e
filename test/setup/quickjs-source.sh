#!/bin/sh
# Unpacks Debian's source of QuickJS into the folder $1, as root. Debian 12 has none: there it is the next release's, from the
# places where this machine gets its packages. apt checks signatures and sums as ever, and its own files stay as they are.
set -e
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial"
# apt downloads as this user.
chown -R _apt "$work"

# apt itself says what its sources are, whatever their format.
apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' |
  sort -u |
  sed "s/ bookworm/ trixie/; s|.*|deb-src [signed-by=$KEYRING] & main|" >"$work/sources.list"

get() {
  apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" "$@"
}
get update
(cd "$work" && get source --download-only quickjs)
tar -xf "$work"/quickjs_*.orig.tar.xz -C "$1" --strip-components=1
