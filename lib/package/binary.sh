#!/bin/sh
# Makes dist/mini-mwan-ARCH of dist/native/main.js: an executable that needs neither QuickJS nor Node, nor libraries where it
# can be linked statically. For another processor: CC is its compiler, QUICKJS the folder with its libquickjs.a and the headers.
set -e
cd "$(dirname "$0")/../.."
cc=${CC:-gcc}
program=dist/mini-mwan-${ARCH:-$(uname -m)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A compiler and its library belong together: their version is that of the byte code.
qjsc=$(command -v qjsc) || {
  echo 'binary: there is no qjsc; to install it, as root: npm run setup' >&2
  exit 3
}
prefix=$(dirname "$(dirname "$(readlink -f "$qjsc")")")
headers=${QUICKJS:-$prefix/include/quickjs}
libraries="-L${QUICKJS:-$prefix/lib/quickjs} -L$prefix/lib/$("$cc" -print-multiarch)/quickjs"

byte_order() { "$1" -dM -E - </dev/null | grep __BYTE_ORDER__; }
swapped=
[ "$(byte_order "$cc")" = "$(byte_order gcc)" ] || swapped=-x

link() {
  "$cc" -Os -s "$@" -I"$headers" -o "$program" "$work/main.c" $libraries -Wl,--as-needed -lquickjs -lm -ldl -lpthread -latomic
}

qjsc -e -m $swapped -o "$work/main.c" dist/native/main.js
# A static program warns that it cannot load modules in C; it has none.
kind=static
link -static 2>"$work/log" || {
  kind='needs the C library'
  link
}
echo "$program, $(wc -c <"$program") bytes, $kind"
