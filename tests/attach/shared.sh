#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shared.sh FOLDER [CMAKE OPTIONS]: a shared librdkafka in FOLDER, of the newest release that this project builds with,
# for programs that need a newer one than the system's. It has no TLS and no packing.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
folder=$1
shift
version=$(sed -n 's/^librdkafka \([0-9.]*\) .*/\1/p' "$root/toolchains/dependencies.txt" | sort -V | tail -n 1)
[ "$(cat "$folder/version" 2>/dev/null)" != "$version" ] || exit 0
mkdir -p "$folder/source"
folder=$(CDPATH='' cd -- "$folder" && pwd)
deps=${EDGESPAN_DEPS_DIR:-$root/build/deps}
archive=$deps/librdkafka_$version.orig.tar.gz
[ -f "$archive" ] || "$root/toolchains/sources.py" "$deps"
tar -xf "$archive" -C "$folder/source" --strip-components=1
# 2.14's CMake build includes a header of curl even without it, and does not say which atomics it has found.
mkdir -p "$folder/none/curl"
: >"$folder/none/curl/curl.h"
export CFLAGS="-I$folder/none -DHAVE_ATOMICS_32_ATOMIC=1 -DHAVE_ATOMICS_64_ATOMIC=1"
cmake -S "$folder/source" -B "$folder/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$folder" \
  -DCMAKE_INSTALL_LIBDIR=lib -DRDKAFKA_BUILD_TESTS=OFF -DRDKAFKA_BUILD_EXAMPLES=OFF -DWITH_SSL=OFF -DWITH_SASL=OFF \
  -DWITH_ZLIB=OFF -DWITH_ZSTD=OFF -DWITH_CURL=OFF -DENABLE_LZ4_EXT=OFF -DWITH_PLUGINS=ON "$@"
cmake --build "$folder/build" --target install
echo "$version" >"$folder/version"
