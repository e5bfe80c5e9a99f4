#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: listed.py SOURCE

Every source file of agent/, port/ and tests/ is named in the lists of its folder or of a folder above it: a file that
lies there and is compiled by nobody would be tested by nobody. No list is a pattern.
"""

import os
import re
import sys


# Scripts that compile for this machine what a board's build could not.
SCRIPTS = ('tests/cost/cost.py',)


def is_list(path):
    return path.endswith(('CMakeLists.txt', '.cmake')) or path in SCRIPTS


def names(text):
    """What a list of CMake names: `b3.cpp`, `unit/b3_test.cpp`, and the test `b3_test` that a loop ends with .cpp."""
    return set(re.findall(r'[\w./-]+', re.sub(r'#.*', '', text)))


def unlisted(tree):
    """(file, what is wrong with it) of a tree, a dict of path to text."""
    lists = {}
    for path, text in tree.items():
        if is_list(path):
            folder = os.path.dirname(path)
            if re.search(r'\bGLOB(?:_RECURSE)?\b[^)]*\*\.c', text):
                yield path, 'a list of sources names each file, it does not search for them'
            # Paths of a list begin in its folder; `../` leads to a neighbour.
            lists.setdefault(folder, set()).update(
                os.path.normpath(os.path.join(folder, name.lstrip('/'))) for name in names(text))
    listed = set().union(*lists.values()) if lists else set()
    for path in tree:
        if path.endswith(('.cpp', '.c')) and not {path, path.rsplit('.', 1)[0]} & listed:
            yield path, 'no CMakeLists.txt names it'


CANARY = {'agent/core/CMakeLists.txt': 'add_library(core a.cpp)  # not b.cpp',
          'agent/core/a.cpp': '', 'agent/core/b.cpp': '', 'agent/core/sub/a.cpp': '',
          'tests/unit/list.cmake': 'set(tests\n  a_test)', 'tests/unit/a_test.cpp': '',
          'tests/CMakeLists.txt': 'file(GLOB sources *.cpp)'}
CANARY_FOUND = {'agent/core/b.cpp', 'agent/core/sub/a.cpp', 'tests/CMakeLists.txt'}


def main(source):
    found = {path for path, _ in unlisted(CANARY)}
    if found != CANARY_FOUND:
        sys.exit(f'the canary must give {sorted(CANARY_FOUND)}, it gave {sorted(found)}')
    tree = {}
    for top in ('agent', 'port', 'tests'):
        for folder, folders, files in os.walk(os.path.join(source, top)):
            folders[:] = [name for name in folders if name != '__pycache__']
            for name in files:
                path = os.path.join(folder, name)
                short = os.path.relpath(path, source).replace(os.sep, '/')
                if is_list(short) or name.endswith(('.cpp', '.c')):
                    tree[short] = open(path, encoding='utf-8').read() if is_list(short) else ''
    wrong = [f'{path}: {sentence}' for path, sentence in unlisted(tree)]
    if wrong:
        sys.exit('\n'.join(wrong))
    print(f'{sum(path.endswith((".cpp", ".c")) for path in tree)} sources, each in a list')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) == 2 else sys.exit(__doc__)
