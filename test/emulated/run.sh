#!/bin/sh
# Runs the demo on QuickJS for another processor, and what `npm run binary` makes for it. By hand, as root on Debian:
#
#     npm run emulated -- mips      32 bits, big-endian, as in many older routers
#     npm run emulated -- arm       32 bits, without an FPU: what runs there runs on every ARM router
#
# Only the program is emulated: `ip`, `ping` and the kernel are this machine's.
set -e
cd "$(dirname "$0")/../.."
case $1 in
  mips) gnu=mips-linux-gnu libc=libc6-dev-mips-cross ;;
  arm) gnu=arm-linux-gnueabi libc=libc6-dev-armel-cross ;;
  *)
    echo 'usage: npm run emulated -- mips|arm' >&2
    exit 2
    ;;
esac
# Kept until the next `npm ci`.
folder=$PWD/node_modules/.cache/quickjs-$1

test/setup/setup.sh
if [ ! -x "$folder/qjs" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # Without what is recommended, which has the kernel run such programs by itself.
  apt-get install -y -qq --no-install-recommends gcc-$gnu $libc qemu-user make xz-utils
  rm -rf "$folder"
  mkdir -p "$folder"
  test/setup/quickjs-source.sh "$folder"
  # This machine's qjsc makes the byte code of qjs' prompt, which nobody uses here.
  make -s -C "$folder" -j"$(nproc)" CC=$gnu-gcc AR=$gnu-ar QJSC="$(command -v qjsc)" LDFLAGS=-static EXTRA_LIBS=-latomic \
    libquickjs.a qjs
fi

MINI_MWAN_ENGINE="qemu-$1 $folder/qjs --no-unhandled-rejection --strip-source -m" npm run --silent demo
CC=$gnu-gcc QUICKJS="$folder" ARCH="$1" lib/package/binary.sh
qemu-"$1" "dist/mini-mwan-$1" --version
