# SPDX-License-Identifier: Apache-2.0
# What ./dev installs: the Debian packages that a build needs and the machine lacks. Read by `.`, with say and fail.

have() { command -v "$1" >/dev/null 2>&1; }

header() {
  for dir in /usr/include /usr/include/nanopb /usr/local/include /usr/local/include/nanopb; do
    [ ! -e "$dir/$1" ] || return 0
  done
  return 1
}

nanopb_works() {
  { have nanopb_generator.py && nanopb_generator.py --version; } >/dev/null 2>&1 ||
    { have nanopb_generator && nanopb_generator --version; } >/dev/null 2>&1
}

# Prints the Debian names of the packages whose contents are not there.
missing_packages() {
  have c++ || echo g++
  have cmake || echo cmake
  have ninja || echo ninja-build
  have pkg-config || echo pkg-config
  have python3 || echo python3
  have protoc || echo protobuf-compiler
  nanopb_works || echo nanopb python3-protobuf
  header pb_encode.h || echo libnanopb-dev
  header ini.h || echo libinih-dev
  header librdkafka/rdkafka_mock.h || echo librdkafka-dev
  header openssl/ssl.h || echo libssl-dev
  header CLI/CLI.hpp || echo libcli11-dev
  header httplib.h || echo libcpp-httplib-dev
  header zlib.h || echo zlib1g-dev
  # Not every system has it, and only tests/model needs it.
  header relacy/relacy.hpp || ! apt-cache show relacy-dev >/dev/null 2>&1 || echo relacy-dev
  header catch2/catch.hpp || header catch2/catch_all.hpp || echo catch2
  if [ "$1" = lint ] || [ "$1" = interop ]; then
    python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
  fi
  if [ "$1" = bench ]; then
    header benchmark/benchmark.h || echo libbenchmark-dev
  fi
  if [ "$1" = cost ]; then
    have qemu-x86_64 || echo qemu-user  # qemu-user-static takes no plugins
  fi
  # What the plugin's files for other machines are run with.
  if [ "$1" = plugin ]; then
    [ -e "/lib/ld-musl-$(uname -m).so.1" ] || echo musl
    have qemu-arm-static || have qemu-arm || echo qemu-user-static
    [ "$(uname -m)" = aarch64 ] || [ -d /usr/aarch64-linux-gnu/lib ] || echo libc6-arm64-cross
    [ -d /usr/arm-linux-gnueabihf/lib ] || echo libc6-armhf-cross
  fi
  if [ "$1" = interop ]; then
    # Ubuntu 22.04's default is Java 11, which is too old.
    have javac || if grep -qs '^VERSION_CODENAME=jammy' /etc/os-release; then
      echo openjdk-17-jdk-headless
    else
      echo default-jdk-headless
    fi
    have mvn || echo maven
  fi
}

# The file in toolchains/ that a board names.
toolchain_of() { sed -n 's/^set(EDGESPAN_BOARD_TOOLCHAIN \(.*\))$/\1/p' "$root/boards/$1/board.cmake"; }

# missing_cross_packages TOOLCHAIN: what its build needs beside CMake, Ninja and nanopb's generator.
missing_cross_packages() {
  have cmake || echo cmake
  have ninja || echo ninja-build
  have python3 || echo python3
  have protoc || echo protobuf-compiler
  nanopb_works || echo nanopb python3-protobuf
  have ccache || echo ccache
  case $1 in
  arm-none-eabi-*)
    have arm-none-eabi-g++ || echo gcc-arm-none-eabi
    [ -d /usr/include/newlib/c++ ] || [ -d /usr/lib/arm-none-eabi/include/c++ ] || echo libstdc++-arm-none-eabi-newlib
    have qemu-system-arm || echo qemu-system-arm
    ;;
  *)
    have "$1-g++" || echo "g++-$1"
    have qemu-arm-static || have qemu-arm || echo qemu-user-static
    have openssl || echo openssl
    ;;
  esac
}

# install_packages build|bench|cost|interop|plugin, or cross TOOLCHAIN. Speaks on stderr: stdout belongs to the tool.
install_packages() {
  if [ "$1" = build ]; then
    # To ask at every call would slow it down. A list that is newer than the last answer is asked.
    if [ -n "$(find "$build/packages.there" -newer "$root/toolchains/packages.sh" 2>/dev/null)" ]; then return 0; fi
    mkdir -p "$build"
    there=$build/packages.there
  else
    there=/dev/null
  fi
  # shellcheck disable=SC2046  # one word a package
  if [ "$1" = cross ]; then set -- $(missing_cross_packages "$2"); else set -- $(missing_packages "$1"); fi
  if [ $# -eq 0 ]; then
    echo all >"$there"
    return 0
  fi
  have apt-get || fail "these Debian packages, or what they are called here, are missing: $*." \
    "This system has no apt-get: install them, then run this again."
  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || fail "as root, run: apt-get install $*"
    as_root=sudo
  fi
  say "installing with apt-get: $*"
  log=$(mktemp)
  # Without recommendations: they would bring what the build does not use.
  if ! { $as_root apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; } \
    </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "apt-get could not install the packages; its messages stand above."
  fi
  rm -f "$log"
  echo all >"$there"
}
