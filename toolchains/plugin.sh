# SPDX-License-Identifier: Apache-2.0
# What ./dev does with the plugin for other machines. Read by `.`, after the functions of ./dev.

plugin_targets='aarch64-linux-gnu.2.28 x86_64-linux-gnu.2.28 aarch64-linux-musl x86_64-linux-musl'

# The compiler, in build/zig; one that the machine has is taken as it is.
fetch_zig() {
  if have zig || [ -x "$build/zig/ziglang/zig" ]; then return 0; fi
  say "fetching a compiler, PyPI's ziglang"
  quietly python3 -m pip install --quiet --no-deps --require-hashes -r "$root/toolchains/zig.txt" \
    --target "$build/zig"
}

# plugin [TARGET...]: builds its file for each, and looks at what it asks of a machine.
plugin() {
  # shellcheck disable=SC2086  # one word a target
  [ $# -gt 0 ] || set -- $plugin_targets
  install_packages build
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
    echo "$dir/libedgespan-rdkafka.so"
  done
}
