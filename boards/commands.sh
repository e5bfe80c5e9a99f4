# SPDX-License-Identifier: Apache-2.0
# What ./dev does with boards. Read by `.`, after the functions of ./dev.

# board BOARD [CTEST OPTIONS]
board() {
  configure_board "$1"
  name=$1
  shift
  # An emulated test mostly waits, for a broker that is emulated too.
  run_tests "$name" "$name" -j "$((2 * $(nproc)))" "$@"
}

configure_board() {
  [ -f "$root/boards/$1/board.cmake" ] || fail "there is no board $1; there is:" $(cd "$root/boards" && ls -d -- */)
  install_packages cross "$(toolchain_of "$1")"
  reserve "$build/boards"
  fetch_sources
  configure "$1" "$build/boards/$1"
}

# Builds what is measured, and runs no tests but those that measure.
footprint() {
  act=check
  if [ $# -eq 0 ]; then
    act=write
    set -- $(cd "$root/boards" && ls -d -- */)
  fi
  for name; do
    shift
    name=${name%/}
    configure_board "$name"
    say "$name: building"
    quietly cmake --build "$build/boards/$name" --target tests/size/all
    quietly ctest --test-dir "$build/boards/$name" --output-on-failure -R '^size\.t'
    set -- "$@" "$build/boards/$name"
  done
  python3 "$root/tests/size/footprint.py" $act "$@"
}

# Builds the program of each board that is named, or of all, and counts in an emulator. x86-64 is this machine's build.
cost() {
  act=check
  if [ $# -eq 0 ]; then act=write; fi
  if [ "${1---check}" = --check ]; then set -- $(cd "$root/boards" && ls -d -- */) x86-64; fi
  install_packages cost
  for name; do
    shift
    name=${name%/}
    if [ "$name" = x86-64 ]; then
      reserve "$build"
      configure default "$build"
      dir=$build
    else
      configure_board "$name"
      dir=$build/boards/$name
    fi
    say "$name: building"
    quietly cmake --build "$dir" --target edgespan_cost_program
    set -- "$@" "$dir"
  done
  python3 -B "$root/tests/cost/cost.py" $act "$@"
}

# The simulator's runner of this machine and of a board for each ARM instruction set; nothing else is built.
same_log() {
  install_packages build
  reserve "$build/boards"
  fetch_sources
  configure default "$build"
  quietly cmake --build "$build" --target edgespan_sim_runner
  set -- "$build/tests/sim/edgespan_sim"
  for board in raspberrypi4 beaglebone-black raspberrypi-zero-w; do
    install_packages cross "$(toolchain_of "$board")"
    configure "$board" "$build/boards/$board"
    quietly cmake --build "$build/boards/$board" --target edgespan_sim_runner
    emulator=$(sed -n 's/^EDGESPAN_EMULATOR:FILEPATH=//p' "$build/boards/$board/CMakeCache.txt")
    set -- "$@" "$emulator -L /usr/$(toolchain_of "$board") $build/boards/$board/tests/sim/edgespan_sim"
  done
  "$root/tests/sim/same_log" "$@"
}
