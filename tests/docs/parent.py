#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: parent.py CMAKE SOURCE

Configures a project that adds edgespan as README.md says: it links, and brings no tests and no tool; with the line for
boards before project(), a board brings its toolchain file and its budget, and one that does not exist is refused.
"""

import os
import re
import subprocess
import sys
import tempfile

PROJECT = '''cmake_minimum_required(VERSION 3.22)
{before}
project(gateway LANGUAGES C CXX)
add_executable(gateway main.cpp)
{body}
target_link_libraries(gateway PRIVATE edgespan::board)
'''


def configure(cmake, folder, name, text, *options):
    """(whether it was configured, what CMake said, its cache, the targets)"""
    with open(os.path.join(folder, 'CMakeLists.txt'), 'w', encoding='utf-8') as file:
        file.write(text)
    build = os.path.join(folder, name)
    done = subprocess.run([cmake, '-S', folder, '-B', build, '-G', 'Ninja', *options], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=100, check=False)
    with open(os.path.join(build, 'CMakeCache.txt'), encoding='utf-8') as file:
        cache = file.read()
    ninja = os.path.join(build, 'build.ninja')
    targets = open(ninja, encoding='utf-8').read() if os.path.exists(ninja) else ''
    return done.returncode == 0, done.stdout, cache, targets


def main(cmake, source):
    with open(os.path.join(source, 'README.md'), encoding='utf-8') as file:
        page = file.read()
    body = re.search(r'^## In your build\n+```cmake\n(.*?)^```', page, re.M | re.S).group(1)
    before = re.search(r'`(include\(edgespan/boards/choose\.cmake\))`', page).group(1)
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(source, os.path.join(folder, 'edgespan'))
        open(os.path.join(folder, 'main.cpp'), 'w', encoding='utf-8').close()
        good, said, _, targets = configure(cmake, folder, 'plain', PROJECT.format(before='', body=body))
        if not good or 'libedgespan_kafka.a' not in targets:
            sys.exit(said)
        for unwanted in ('edgespan_unit_tests', 'edgespan_cli'):
            if unwanted in targets:
                sys.exit(f'{unwanted} is built for a project that only adds edgespan')
        good, said, *_ = configure(cmake, folder, 'unknown', PROJECT.format(before='', body=body), '-DEDGESPAN_BOARD=x')
        if good or 'boards/x' not in said:
            sys.exit(f'a board that does not exist: {said}')
        good, said, cache, _ = configure(cmake, folder, 'board', PROJECT.format(before=before, body=body),
                                         '-DEDGESPAN_BOARD=imx6ull', '-DEDGESPAN_DEPS=system')
        if 'toolchains/arm-linux-gnueabihf.cmake' not in cache:
            sys.exit(f'the board brings no toolchain file: {said}')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) == 3 else sys.exit(__doc__)
