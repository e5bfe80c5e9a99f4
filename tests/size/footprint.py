#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: footprint.py check BUILD... | write BUILD... | print

Measures what edgespan takes on a board, in builds that were made for one (EDGESPAN_BOARD): code and data of each part
in a finished program, what the program grew by, and the memory that the board's budget makes.

  check  compares with boards/FOOTPRINT.md and fails where a figure has grown; exit status 77 with another compiler
  write  puts the figures of these builds into boards/FOOTPRINT.md, and its short form into README.md
  print  shows what boards/FOOTPRINT.md says
"""

import glob
import os
import re
import subprocess
import sys

import linkmap

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLE = os.path.join(ROOT, 'boards', 'FOOTPRINT.md')
# Agent objects that a program has one of; their sizes and the budget's are its memory.
OBJECTS = ('memory', 'tracing', 'reporter', 'kafka', 'zipkin', 'port')
AGENT = ('core', 'nanopb', 'http', 'kafka', 'port', 'tls')
ORDER = AGENT + ('edgespan', 'program without', 'program with', 'growth')
# What the project promises, in bytes of text and read-only data: board, parts, limit.
BARS = (
    ('beaglebone-black', ('core', 'nanopb', 'http', 'kafka'), 32 * 1024),
    ('beaglebone-black', ('growth',), 64 * 1024),
    ('imx6ull', ('core', 'nanopb', 'http', 'kafka'), 32 * 1024),
    ('imx6ull', ('growth',), 64 * 1024),
)


def cache(build):
    values = {}
    with open(os.path.join(build, 'CMakeCache.txt'), encoding='utf-8') as file:
        for line in file:
            found = re.match(r'(\w+):\w+=(.*)', line)
            if found:
                values[found.group(1)] = found.group(2)
    # A toolchain file's compiler is no cache entry.
    for path in glob.glob(os.path.join(build, 'CMakeFiles', '*', 'CMakeCXXCompiler.cmake')):
        with open(path, encoding='utf-8') as file:
            values['CMAKE_CXX_COMPILER'] = re.search(r'set\(CMAKE_CXX_COMPILER "(.*)"\)', file.read()).group(1)
    return values


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def compiler(settings):
    # The name of the program, its version, and who packed it: a distribution's patches change code too.
    return run(settings['CMAKE_CXX_COMPILER'], '--version').splitlines()[0].strip()


def sections(settings, program):
    """The whole program, by kind."""
    row = dict.fromkeys(linkmap.KINDS, 0)
    for line in run(settings['CMAKE_OBJDUMP'], '-h', '-w', program).splitlines():
        words = line.split()
        if len(words) > 6 and words[0].isdigit() and 'ALLOC' in line:
            kind = linkmap.kind_of(words[1]) or 'rodata'
            row[kind] += int(words[2], 16)
    return row


def memory(settings, program):
    """Bytes of the agent's objects in the traced program: the budget's and all of them."""
    sizes = {}
    for line in run(settings['CMAKE_NM'], '-S', '--defined-only', program).splitlines():
        words = line.split()
        if len(words) == 4 and words[2] in 'bBdD':
            name = re.sub(r'^_ZL\d+|^_ZN12_GLOBAL__N_1L?\d+|E$', '', words[3])
            if name in OBJECTS:
                sizes[name] = int(words[1], 16)
    return sizes.get('memory', 0), sum(sizes.values())


def measure(build):
    """(board, compiler, {part: row}, (budget's bytes, agent's bytes))"""
    settings = cache(build)
    folder = os.path.join(build, 'tests', 'size')
    rows = linkmap.parts(os.path.join(folder, 'traced.map'))
    rows = {part: row for part, row in rows.items() if part in AGENT}
    rows['edgespan'] = add(*rows.values())
    program = os.path.join(folder, 'edgespan_size_traced')
    rows['program with'] = sections(settings, program)
    plain = os.path.join(folder, 'edgespan_size_plain')
    if os.path.exists(plain):
        rows['program without'] = sections(settings, plain)
        rows['growth'] = {kind: rows['program with'][kind] - rows['program without'][kind] for kind in linkmap.KINDS}
    return settings['EDGESPAN_BOARD'], compiler(settings), rows, memory(settings, program)


def add(*rows):
    return {kind: sum(row[kind] for row in rows) for kind in linkmap.KINDS}


def code(row):
    return row['text'] + row['rodata']


# FOOTPRINT.md: one section a board, `## board`, a line `compiler`, a table of parts, a line of memory.
def section(board, with_compiler, rows, ram):
    lines = [f'## {board}', '', f'Compiler: {with_compiler}', '',
             '| part | text | rodata | data | bss |', '|---|--:|--:|--:|--:|']
    for part in sorted(rows, key=ORDER.index):
        lines.append(f'| {part} | ' + ' | '.join(f'{rows[part][kind]:,}' for kind in linkmap.KINDS) + ' |')
    lines += ['', f'Memory: {ram[0]:,} bytes of the budget, {ram[1]:,} with the agent\'s objects', '']
    return '\n'.join(lines)


def committed():
    """(text before the first board, {board: (compiler, rows, ram)})"""
    with open(TABLE, encoding='utf-8') as file:
        parts = re.split(r'^## ', file.read(), flags=re.M)
    boards = {}
    for text in parts[1:]:
        board = text.split('\n', 1)[0].strip()
        rows = {}
        for part, *sizes in re.findall(r'^\| ([\w ]+)' + r' \| (-?[\d,]+)' * 4 + r' \|$', text, re.M):
            rows[part] = dict(zip(linkmap.KINDS, (int(n.replace(',', '')) for n in sizes)))
        ram = re.search(r'^Memory: ([\d,]+) bytes of the budget, ([\d,]+)', text, re.M)
        boards[board] = (re.search(r'^Compiler: (.*)$', text, re.M).group(1), rows,
                         tuple(int(n.replace(',', '')) for n in ram.groups()))
    return parts[0], boards


def over_the_bars(board, rows):
    for on, parts, limit in BARS:
        size = sum(code(rows[part]) for part in parts if part in rows)
        if on == board and size > limit:
            yield f'{board}: {" + ".join(parts)} is {size:,} bytes of text and rodata, {limit:,} at most'


def compare(build):
    """Sentences about what is worse than what was committed."""
    board, with_compiler, rows, ram = measure(build)
    _, boards = committed()
    if board not in boards:
        return [f'{board}: not in boards/FOOTPRINT.md']
    then_compiler, then, then_ram = boards[board]
    worse = list(over_the_bars(board, rows))
    if then_compiler != with_compiler:
        print(f'{board}: measured with {with_compiler}, the table with {then_compiler}: not compared')
        return worse or None
    for part in rows:
        if part == 'program with' and 'growth' not in rows:
            continue  # the rest of such an image is the tests' own start-up code
        for kind in linkmap.KINDS:
            before = then.get(part, {}).get(kind, 0)
            if rows[part][kind] > before:
                worse.append(f'{board}: {kind} of {part} grew from {before:,} to {rows[part][kind]:,} bytes')
            elif rows[part][kind] < before:
                print(f'{board}: {kind} of {part} fell from {before:,} to {rows[part][kind]:,} bytes')
    if ram > then_ram:
        worse.append(f'{board}: memory grew from {then_ram} to {ram}')
    return worse


def check(builds):
    worse, compared = [], False
    for build in builds:
        found = compare(build)
        compared |= found is not None
        worse += found or []
    for sentence in worse:
        print(sentence)
    if worse:
        print('If that is meant: tests/size/footprint.py write ' + ' '.join(builds))
    return 1 if worse else 0 if compared else 77


def short(boards):
    lines = ['| board | core | core, http, kafka | a program grows by | memory |', '|---|--:|--:|--:|--:|']
    for board, (_, rows, ram) in boards.items():
        wrapper = sum(code(rows[part]) for part in ('core', 'nanopb', 'http', 'kafka') if part in rows)
        cells = [f'{code(rows["core"]):,}', f'{wrapper:,}' if 'kafka' in rows else '',
                 f'{code(rows["growth"]):,}' if 'growth' in rows else '', f'{ram[1]:,}']
        lines.append(f'| {board} | ' + ' | '.join(cells) + ' |')
    return lines


def write(builds):
    head, boards = committed()
    for build in builds:
        board, *figures = measure(build)
        boards[board] = tuple(figures)
    boards = dict(sorted(boards.items()))
    with open(TABLE, 'w', encoding='utf-8') as file:
        file.write(head + '\n'.join(section(board, *figures) for board, figures in boards.items()))
    path = os.path.join(ROOT, 'README.md')
    with open(path, encoding='utf-8') as file:
        readme = file.read()
    table = re.compile(r'^\| board \| core \|.*\n(?:\|.*\n)+', re.MULTILINE)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(table.sub(lambda _: '\n'.join(short(boards)) + '\n', readme))
    return 0


def main(arguments):
    if arguments[:1] == ['print']:
        print('\n'.join(short(committed()[1])))
        return 0
    if arguments[:1] == ['check'] and arguments[1:]:
        return check(arguments[1:])
    if arguments[:1] == ['write'] and arguments[1:]:
        return write(arguments[1:])
    print(__doc__)
    return 2


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
