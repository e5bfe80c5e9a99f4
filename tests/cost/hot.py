#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hot.py BUILD...

Writes into boards/FOOTPRINT.md what each file of edgespan_hot() (toolchains/library.cmake) is worth, in builds of
boards whose code is fast. Compiled for size, as the rest is, and for speed: its bytes, and the instructions of that
operation which gains most. Each file is compiled anew for size and linked with the others as they are. A file that
gains nothing anywhere need not be in the list.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import cost
import page

# What edgespan_hot() adds behind all other options.
FOR_SPEED = ('-O2', '-ftree-tail-merge', '-ftree-dominator-opts', '-fschedule-insns2', '-fmove-loop-invariants')
TARGET = 'edgespan_cost'


def compile_commands(build):
    """{source: (folder, words)} of the files that are compiled for speed."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        entries = json.load(file)
    return {entry['file']: (entry['directory'], shlex.split(entry['command'])) for entry in entries
            if '/agent/' in entry['file'] and all(option in entry['command'] for option in FOR_SPEED)}


def compile_for_size(folder, words, out):
    words = [word for word in words if word not in FOR_SPEED and word != '-MD']
    for option in ('-MT', '-MF'):
        if option in words:
            at = words.index(option)
            del words[at:at + 2]
    at = words.index('-o') + 1
    made, words[at] = os.path.join(folder, words[at]), out
    subprocess.run(words, cwd=folder, check=True)
    return made


def code_bytes(file):
    sections = re.findall(r'\] \.(?:text|rodata)\S*\s+PROGBITS\s+\w+\s+\w+\s+(\w+)', cost.run('readelf', '-SW', file))
    return sum(int(size, 16) for size in sections)


def link_with(build, program, replaced, out):
    """The program with one object of one library replaced."""
    settings = cost.footprint.cache(build)
    commands = cost.run('ninja', '-C', build, '-t', 'commands', TARGET).splitlines()
    command = next(line for line in reversed(commands) if f'-o {os.path.relpath(program, build)} ' in line)
    library, object_file = replaced
    copy = os.path.join(os.path.dirname(out), os.path.basename(library))
    shutil.copy(os.path.join(build, library), copy)
    subprocess.run([settings['CMAKE_AR'], 'r', copy, object_file], stderr=subprocess.DEVNULL, check=True)
    command = command.replace(f'-o {os.path.relpath(program, build)} ', f'-o {out} ').replace(library, copy)
    subprocess.run(command, cwd=build, shell=True, stderr=subprocess.DEVNULL, check=True)


def worth(build):
    """(board, {source: cells of its row})"""
    build = os.path.abspath(build)
    fast = cost.Program(build)
    costs, rows = cost.measure(fast), {}
    for source, (folder, words) in compile_commands(build).items():
        module = re.search(r'/agent/(\w+)/', source).group(1)
        with tempfile.TemporaryDirectory() as work:
            name = os.path.basename(source)
            small = os.path.join(work, f'{name}.o')
            made = compile_for_size(folder, words, small)
            program = os.path.join(work, TARGET)
            link_with(build, fast.path, (f'agent/{module}/libedgespan_{module}.a', small), program)
            small_costs = cost.measure(cost.Program(build, program))
            gains = {name: small_costs[name].instructions - costs[name].instructions for name in costs}
            most = max(gains, key=gains.get)
            rows[f'{module}/{name}'] = (f'{code_bytes(small):,} to {code_bytes(made):,}',
                                        f'`{most}` {small_costs[most].instructions:,} to {costs[most].instructions:,}')
    return fast.board, rows


def main(builds):
    if not builds:
        print(__doc__)
        return 2
    boards = dict(map(worth, builds))
    lines = ['Files that boards with `EDGESPAN_BOARD_CODE fast` compile for speed (`tests/cost/hot.py`).',
             'Compiled for size and for speed: their bytes, and the instructions of the operation that gains most.', '',
             '| file | ' + ' | '.join(f'{board}, bytes | instructions' for board in boards) + ' |',
             '|---|' + '--:|:--|' * len(boards)]
    for file in sorted(set().union(*boards.values())):
        cells = [cell for rows in boards.values() for cell in rows.get(file, ('', ''))]
        lines.append(f'| {file} | ' + ' | '.join(cells) + ' |')
    head, sections = page.read()
    sections[page.HOT] = '\n'.join(lines)
    page.write(head, sections)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
