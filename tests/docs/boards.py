#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: boards.py SOURCE

What the page of each board says of it is what its files say: the limits of its budget, its toolchain file, the
processor that qemu is given; and it has presets, a section of FOOTPRINT.md and a line in README.md.
"""

import json
import os
import re
import sys


def read(*path):
    with open(os.path.join(*path), encoding='utf-8') as file:
        return file.read()


def number(text):
    return int(re.sub(r"[,']", '', text))


def findings(source, board):
    """What is wrong with a board's page."""
    page, cmake = read(source, 'boards', board, 'README.md'), read(source, 'boards', board, 'board.cmake')
    named = {name: number(value) for name, value in re.findall(r'^\| `(\w+)` \| ([\d,]+) \|$', page, re.M)}
    made = {name: number(value) for name, value in
            re.findall(r"\.(\w+) = ([\d']+)", read(source, 'boards', board, 'budget.hpp'))}
    if not made or named != made:
        yield f'the page has the limits {named}, budget.hpp {made}'
    chosen = dict(re.findall(r'^set\(EDGESPAN_BOARD_(\w+) (.*)\)$', cmake, re.M))
    for word in (f'`toolchains/{chosen["TOOLCHAIN"]}.cmake`', chosen.get('CPU', ''), f'--preset {board}`',
                 f'board {board}`', f'FOOTPRINT.md#{board}'):
        if word not in page:
            yield f'the page lacks {word}'
    if not re.search(r'^## Budget\n\n(?:\|.*\n)+\n(?!The program is static)\w', page, re.M):
        yield 'the page gives no reason for the budget'
    if not re.search(rf'^## {board}$', read(source, 'boards', 'FOOTPRINT.md'), re.M):
        yield 'not in boards/FOOTPRINT.md'
    if not re.search(rf'^\| {board} \|', read(source, 'README.md'), re.M):
        yield 'no line in README.md'
    presets = json.loads(read(source, 'CMakePresets.json'))
    for kind in ('configure', 'build', 'test'):
        if not any(preset['name'] == board for preset in presets[f'{kind}Presets']):
            yield f'no {kind} preset'


def main(source):
    folder = os.path.join(source, 'boards')
    boards = sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))
    wrong = [f'{board}: {sentence}' for board in boards for sentence in findings(source, board)]
    if wrong or not boards:
        sys.exit('\n'.join(wrong) or 'no boards')
    print(f'{len(boards)} boards')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) == 2 else sys.exit(__doc__)
