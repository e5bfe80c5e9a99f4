#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: sdk.py CMAKE SOURCE C_COMPILER CXX_COMPILER

Configures edgespan as toolchains/README.md says for the SDK of Yocto, in an environment like that SDK's, whose
compiler is this machine's under another name: compiler, flags and toolchain file must stay the SDK's, with a board as
without one, and also where an SDK has no toolchain file. Outside of it the same board must bring its own, or nothing
was checked.
"""

import json
import os
import re
import subprocess
import sys
import tempfile


def environment(folder, c_compiler, cxx_compiler):
    """What environment-setup-* exports, as far as a build sees it."""
    for name, program in (('poky-gcc', c_compiler), ('poky-g++', cxx_compiler)):
        path = os.path.join(folder, name)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\nexec {program} "$@"\n')
        os.chmod(path, 0o755)
    toolchain = os.path.join(folder, 'OEToolchainConfig.cmake')
    with open(toolchain, 'w', encoding='utf-8') as file:
        file.write('set(CMAKE_SYSTEM_NAME Linux)\nset(CMAKE_C_FLAGS $ENV{CFLAGS} CACHE STRING "" FORCE)\n'
                   'set(CMAKE_CXX_FLAGS $ENV{CXXFLAGS} CACHE STRING "" FORCE)\n')
    return {**os.environ, 'PATH': f'{folder}:{os.environ["PATH"]}', 'CMAKE_TOOLCHAIN_FILE': toolchain,
            'CC': 'poky-gcc -DSDK_CC', 'CXX': 'poky-g++ -DSDK_CXX', 'CFLAGS': '-O2 -DSDK_CFLAGS',
            'CXXFLAGS': '-O2 -DSDK_CXXFLAGS', 'OECORE_TARGET_SYSROOT': '/', 'SDKTARGETSYSROOT': '/'}


def configure(words, build, variables, *options):
    words = [build if word == 'build/sdk' else word for word in words]
    return subprocess.run([*words, '-G', 'Ninja', *options], env=variables, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=100, check=False)


def judge(build, toolchain, board):
    with open(os.path.join(build, 'CMakeCache.txt'), encoding='utf-8') as file:
        cache = file.read()
    taken = re.search(r'^CMAKE_TOOLCHAIN_FILE:.*=(.*)$', cache, re.M)
    if toolchain != (taken.group(1) if taken else ''):
        yield f'the toolchain file is {taken.group(1)}'
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        commands = [entry['command'] for entry in json.load(file) if entry['file'].endswith('.cpp')]
    for word in ('poky-g++', '-DSDK_CXX ', '-DSDK_CXXFLAGS '):
        if not commands or not all(word in command for command in commands):
            yield f'{word} is not in every call of the compiler'
    if any(re.search(r' -m(?:arch|cpu|tune)=', command) for command in commands):
        yield 'a processor was chosen beside the SDK\'s'
    with open(os.path.join(build, 'boards', 'include', 'edgespan', 'board.hpp'), encoding='utf-8') as file:
        if board and f'{board}/budget.hpp' not in file.read():
            yield f'the budget is not that of {board}'


def main(cmake, source, c_compiler, cxx_compiler):
    os.chdir(source)
    with open('toolchains/README.md', encoding='utf-8') as file:
        words = re.search(r'^\$ (cmake -S \. -B build/sdk .*)$', file.read(), re.M).group(1).split()
    words[0] = cmake
    with tempfile.TemporaryDirectory() as folder:
        sdk = environment(folder, c_compiler, cxx_compiler)
        old = {name: value for name, value in sdk.items() if name != 'CMAKE_TOOLCHAIN_FILE'}
        for number, (variables, board) in enumerate(((sdk, ''), (sdk, 'imx6ull'), (old, 'imx6ull'))):
            build = os.path.join(folder, f'build{number}')
            done = configure(words, build, variables, f'-DEDGESPAN_BOARD={board}')
            if done.returncode != 0:
                sys.exit(done.stdout)
            for sentence in judge(build, variables.get('CMAKE_TOOLCHAIN_FILE', ''), board):
                sys.exit(f'in the SDK, {board or "no board"}: {sentence}')
        outside = os.path.join(folder, 'outside')
        configure(words, outside, os.environ, '-DEDGESPAN_BOARD=imx6ull')
        with open(os.path.join(outside, 'CMakeCache.txt'), encoding='utf-8') as file:
            if 'toolchains/arm-linux-gnueabihf.cmake' not in file.read():
                sys.exit('outside of the SDK the board brings no toolchain file: nothing was checked')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) == 5 else sys.exit(__doc__)
