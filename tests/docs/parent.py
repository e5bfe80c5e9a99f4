#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: parent.py CMAKE SOURCE

Configures a project that adds edgespan as README.md says: it links, and brings no tests and no tool, also where the
project has tests of its own by include(CTest); with the line for boards before project(), a board brings its toolchain
file and its budget, and nothing of edgespan's flags reaches the project's own targets; a board that does not exist is
refused.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

PROJECT = '''cmake_minimum_required(VERSION 3.22)
{before}
project(gateway LANGUAGES C CXX)
{tests}
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
add_executable(gateway main.cpp)
{body}
target_link_libraries(gateway PRIVATE edgespan::board)
'''
BODY = 'add_subdirectory(edgespan)\ntarget_link_libraries(gateway PRIVATE {parts})'
BOARDS = (('mps2-an386', 'edgespan::core'), ('imx6ull', 'edgespan::kafka edgespan::http edgespan::posix'))
# What a board's toolchain file may ask of the whole project: the processor, and how functions are called.
EXPECTED = re.compile(r'-(?:D(?:EDGESPAN_NO_THREADS|LIBRDKAFKA_STATICLIB)$|I|isystem|o|c|l|std=\w+\+\+20$|Wl,-rpath)')
PROCESSOR = re.compile(r'-m(?:arch|cpu|fpu|float-abi)=\S+|-m(?:thumb|arm)')


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


def commands(cmake, build, target, source):
    """How a file of the target is compiled, and how the target is linked: the words that begin with a dash."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        compiling, = (entry['command'] for entry in json.load(file)
                      if entry['file'].endswith(source) and f'/{target}.dir/' in entry['command'])
    linking = subprocess.run([cmake, '--build', build, '--target', target, '--', '-t', 'commands', '-s'],
                             stdout=subprocess.PIPE, text=True, check=True).stdout
    return [word for command in (compiling, linking) for word in command.split() if word.startswith('-')]


def foreign(words):
    """Those that are neither the processor's, nor in edgespan's contract, nor in any project without options."""
    return [word for word in words if not PROCESSOR.fullmatch(word) and not EXPECTED.match(word)]


def all_commands(folder, name):
    with open(os.path.join(folder, name, 'compile_commands.json'), encoding='utf-8') as file:
        return [entry['command'].replace(f'/{name}/', '/build/') for entry in json.load(file)]


def check_tests(cmake, folder, body):
    """A parent that has tests gets none of edgespan's, and the same code as a parent without."""
    project = PROJECT.format(before='', body=body, tests='include(CTest)\nenable_testing()')
    good, said, *_ = configure(cmake, folder, 'tested', project)
    listed = subprocess.run(['ctest', '-N'], cwd=os.path.join(folder, 'tested'), stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    if not good or 'Total Tests: 0' not in listed:
        sys.exit(f'a parent that includes CTest gets tests: {said} {listed}')
    if all_commands(folder, 'plain') != all_commands(folder, 'tested'):
        sys.exit('a parent that includes CTest gets other code than one that does not')


def check_board(cmake, folder, board, project):
    """Where the board's cross compiler is there: the project's own targets have none of edgespan's flags."""
    good, *_ = configure(cmake, folder, board, project, f'-DEDGESPAN_BOARD={board}')
    if not good:
        print(f'{board}: cannot be configured here')
        return
    build = os.path.join(folder, board)
    if '-ffunction-sections' not in foreign(commands(cmake, build, 'edgespan_core', '/b3.cpp')):
        sys.exit(f'{board}: the flags of edgespan itself are not seen, so nothing was checked')
    flags = foreign(commands(cmake, build, 'gateway', '/main.cpp'))
    if flags:
        sys.exit(f'{board}: flags of edgespan reach the application: {flags}')


def main(cmake, source):
    with open(os.path.join(source, 'README.md'), encoding='utf-8') as file:
        page = file.read()
    body = re.search(r'^## In your build\n+```cmake\n(.*?)^```', page, re.M | re.S).group(1)
    before = re.search(r'`(include\(edgespan/boards/choose\.cmake\))`', page).group(1)
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(source, os.path.join(folder, 'edgespan'))
        open(os.path.join(folder, 'main.cpp'), 'w', encoding='utf-8').close()
        plain = PROJECT.format(before='', body=body, tests='')
        good, said, _, targets = configure(cmake, folder, 'plain', plain)
        if not good or 'libedgespan_kafka.a' not in targets:
            sys.exit(said)
        for unwanted in ('edgespan_unit_tests', 'edgespan_cli'):
            if unwanted in targets:
                sys.exit(f'{unwanted} is built for a project that only adds edgespan')
        check_tests(cmake, folder, body)
        good, said, *_ = configure(cmake, folder, 'unknown', plain, '-DEDGESPAN_BOARD=x')
        if good or 'boards/x' not in said:
            sys.exit(f'a board that does not exist: {said}')
        good, said, cache, _ = configure(cmake, folder, 'board', PROJECT.format(before=before, body=body, tests=''),
                                         '-DEDGESPAN_BOARD=imx6ull', '-DEDGESPAN_DEPS=system')
        if 'toolchains/arm-linux-gnueabihf.cmake' not in cache:
            sys.exit(f'the board brings no toolchain file: {said}')
        for board, parts in BOARDS:
            check_board(cmake, folder, board, PROJECT.format(before=before, body=BODY.format(parts=parts), tests=''))


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) == 3 else sys.exit(__doc__)
