# SPDX-License-Identifier: Apache-2.0
# What ./dev does with the plugin for other machines. Read by `.`, after the functions of ./dev.

plugin_targets='aarch64-linux-gnu.2.28 arm-linux-gnueabihf.2.28 x86_64-linux-gnu.2.28
  aarch64-linux-musl arm-linux-musleabihf x86_64-linux-musl'

# The compiler, in build/zig; one that the machine has is taken as it is.
fetch_zig() {
  if have zig || [ -x "$build/zig/ziglang/zig" ]; then return 0; fi
  say "fetching a compiler, PyPI's ziglang"
  quietly python3 -m pip install --quiet --no-deps --require-hashes -r "$root/toolchains/zig.txt" \
    --target "$build/zig"
}

# What runs a program of this target, and nothing where the machine does it itself.
runner_of() {
  case $1 in
  "$(uname -m)"-linux-gnu*) ;;
  "$(uname -m)"-linux-musl) [ -e "/lib/ld-musl-$(uname -m).so.1" ] || return 1 ;;
  aarch64-linux-gnu*) runner_with qemu-aarch64 /usr/aarch64-linux-gnu || return 1 ;;
  arm-linux-gnueabihf*) runner_with qemu-arm /usr/arm-linux-gnueabihf || return 1 ;;
  aarch64-linux-musl) runner_with_musl arm64 qemu-aarch64 || return 1 ;;
  arm-linux-musleabihf) runner_with_musl armhf qemu-arm || return 1 ;;
  *) return 1 ;;
  esac
}

# The C library musl of another processor, of Debian's package, in build/musl. apt has lists of its own for that: the
# architectures of the system stay as they are.
musl_of() {
  [ ! -d "$build/musl/$1/root" ] || return 0
  have apt-get && have dpkg || return 1
  mkdir -p "$build/musl/$1/lists/partial" "$build/musl/$1/archives/partial"
  (
    cd "$build/musl/$1"
    set -- -qq -o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State::Lists=$PWD/lists" \
      -o "Dir::Cache=$PWD" -o Dir::State::Status=/dev/null
    apt-get "$@" update || true # lists that cannot be had may be others'
    apt-get "$@" download musl
    dpkg -x musl_*.deb root
  ) >"$build/dev.log" 2>&1
}

runner_with_musl() {
  musl_of "$1" && runner_with "$2" "$build/musl/$1/root"
}

runner_with() {
  [ -d "$2/lib" ] || return 1
  for name in "$1-static" "$1"; do
    if have "$name"; then
      echo "$name -L $2"
      return 0
    fi
  done
  return 1
}

# try_plugin TARGET FOLDER: in a client and a librdkafka that are built for it, where this machine can run them.
try_plugin() {
  if ! runner=$(runner_of "$1"); then
    say "$1: not run; there is no emulator, or no C library for it"
    return 0
  fi
  say "$1: running"
  quietly env EDGESPAN_DEPS_DIR="${deps_given:-$build/deps}" "$root/tests/attach/shared.sh" "$2/rdkafka" \
    --toolchain "$root/toolchains/zig.cmake" -DEDGESPAN_ZIG_TARGET="$1"
  quietly zig cc -target "$1" -dynamic -O1 -I"$2/rdkafka/include" -o "$2/client" "$root/tests/attach/client.c" \
    -L"$2/rdkafka/lib" -lrdkafka -Wl,-rpath,"$2/rdkafka/lib"
  quietly env PLUGIN="$2/libedgespan-rdkafka.so" CLIENT="$runner $2/client" \
    python3 -B "$root/tests/attach/test_machine.py"
}

# plugin [TARGET...]: builds its file for each, looks at what it asks of a machine, and lets it trace a client.
plugin() {
  # shellcheck disable=SC2086  # one word a target
  [ $# -gt 0 ] || set -- $plugin_targets
  install_packages plugin
  reserve "$build/plugin"
  fetch_sources
  fetch_zig
  PATH=$PATH:$build/zig/ziglang
  # zig keeps what it has compiled itself; to ccache its command `cc` would be a file.
  unset CMAKE_C_COMPILER_LAUNCHER CMAKE_CXX_COMPILER_LAUNCHER
  for target; do
    dir=$build/plugin/$target
    [ -f "$dir/build.ninja" ] || configure plugin "$dir" -B "$dir" -DEDGESPAN_ZIG_TARGET="$target"
    say "$target: building"
    quietly cmake --build "$dir" --target edgespan_rdkafka
    quietly env PLUGIN="$dir/libedgespan-rdkafka.so" CONFIG=MinSizeRel TLS=ON ZIG_TARGET="$target" \
      python3 -B "$root/tests/attach/test_file.py"
    try_plugin "$target" "$dir"
    echo "$dir/libedgespan-rdkafka.so"
  done
}
