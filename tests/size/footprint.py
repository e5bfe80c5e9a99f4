#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: footprint.py check BUILD... | write BUILD... | print

Measures what edgespan takes on a board, in builds that were made for one (EDGESPAN_BOARD): code and data of each part
in a finished program, what the program grew by, the memory that the board's budget makes, the stack of each public
call. The lengths of spans and the need of TLS' arena are what the tests size.* found last in these builds.

  check  compares with boards/FOOTPRINT.md and fails where a figure has grown, or README.md's differs; exit status 77
         with another compiler
  write  puts the figures of these builds into boards/FOOTPRINT.md, and its short form into README.md
  print  shows what boards/FOOTPRINT.md says
"""

import glob
import os
import re
import subprocess
import sys
import textwrap

import linkmap
import page

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tests', 'memory'))
import stack  # pylint: disable=wrong-import-position

README_TABLE = '| board | core |'
# Agent objects that a program has one of; their sizes and the budget's are its memory.
OBJECTS = ('memory', 'tracing', 'reporter', 'kafka', 'zipkin', 'port')
AGENT = ('core', 'http', 'kafka', 'port', 'otlp', 'tls', 'gzip')
CHECKED = 'core with assertions'
# Images without Tracing, by the name of their link map.
CODECS = {'core to mark messages': 'marks', 'core to mark and continue': 'continues'}
ORDER = ('core', CHECKED, *CODECS, *AGENT[1:], 'edgespan', 'program without', 'program with', 'growth',
         'program with TLS', 'growth with TLS')
LINUX_ARMV7 = ('beaglebone-black', 'imx6ull')
# What the project promises, in bytes: boards, parts, kinds, limit.
CODE, TEXT = ('text', 'rodata'), ('text',)
BARS = (
    (('mps2-an386',), ('core',), CODE, 12 * 1024),
    (('mps2-an386',), (CHECKED,), CODE, 12 * 1024 + 1536),
    (('mps2-an386',), ('core to mark messages',), CODE, 1_434),
    (('mps2-an386',), ('core to mark and continue',), CODE, 4_608),
    (LINUX_ARMV7, ('core', 'http', 'kafka'), CODE, 48 * 1024),
    (LINUX_ARMV7, ('growth',), CODE, 80 * 1024),
    (LINUX_ARMV7, ('growth with TLS',), CODE, 130 * 1024),
    (LINUX_ARMV7, ('tls',), TEXT, 66 * 1024),
)
# Likewise, of the figures below a board's table; the boards are the 32-bit ones.
ARENA_BARS = {'records of 4,096 and 2,048': 20 * 1024, 'records of 16,384 and 4,096': 34 * 1024}
DATA_MAX = {'tls': 16}  # mbedTLS' own two addresses of its allocator
SPANS, ARENA, STACK = 'Encoded bytes of a span', 'Least arena of TLS', 'Stack at worst, by call'
# A duration is a number of 1 to 5 bytes; what it will be nobody knows before.
TOLERANCE = {SPANS: 4, ARENA: 0, STACK: 0}
# Of the calls at start and of the reporter's thread, the public ones; of the application's, all.
STARTING = ('Tracing::init', 'Reporter::init', 'Reporter::start', 'Reporter::step', 'Reporter::flush', 'Reporter::stop',
            'KafkaTracing::init', 'KafkaTracing::create', 'constrain', 'HttpSender::init', 'HttpSender::offer')


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


def object_name(symbol):
    return re.sub(r'^_ZL\d+|^_ZN12_GLOBAL__N_1L?\d+|E$', '', symbol)


def memory(settings, program):
    """Bytes of the agent's objects in the traced program: the budget's and all of them."""
    sizes = {}
    for line in run(settings['CMAKE_NM'], '-S', '--defined-only', program).splitlines():
        words = line.split()
        if len(words) == 4 and words[2] in 'bBdD':
            name = object_name(words[3])
            if name in OBJECTS:
                sizes[name] = int(words[1], 16)
    return sizes.get('memory', 0), sum(sizes.values())


def begins_as_data(settings, program):
    """Agent objects that do not begin as zeros, and so take their size in the file or the flash, too."""
    for line in run(settings['CMAKE_NM'], '--defined-only', program).splitlines():
        words = line.split()
        name = object_name(words[-1])
        if words[-2] in 'dD' and name in OBJECTS:
            yield name


def figures(build):
    """{title: {name: bytes}} of what is no section of a program."""
    folder = os.path.join(build, 'tests', 'size')
    found = {title: {} for title in TOLERANCE}
    without_system = not os.path.exists(os.path.join(folder, 'edgespan_size_plain'))
    for words in [] if without_system else results(folder, 'spans'):
        found[SPANS][words[0]] = int(words[1])
    secured = os.path.exists(os.path.join(folder, 'edgespan_size_tls'))
    for words in results(folder, 'tls_small') + results(folder, 'tls') if secured else []:
        received, sent, needed, _ = map(int, words)
        found[ARENA][f'records of {received:,} and {sent:,}'] = needed
    calls, _ = stack.worst_of_calls(os.path.join(build, 'compile_commands.json'))
    for (starting, call), (size, _) in calls.items():
        if size and (not starting or call in STARTING) and not (without_system and call.startswith('Http')):
            found[STACK][call] = size
    return found


def results(folder, name):
    path = os.path.join(folder, f'{name}.txt')
    if not os.path.exists(path):
        sys.exit(f'{path} is missing: run the tests size.* of that build (ctest -R "^size") first')
    with open(path, encoding='ascii') as file:
        return [line.split() for line in file]


def measure(build):
    """(board, compiler, {part: row}, (budget's bytes, agent's bytes), figures)"""
    settings = cache(build)
    folder = os.path.join(build, 'tests', 'size')
    rows = linkmap.parts(os.path.join(folder, 'traced.map'))
    rows = {part: row for part, row in rows.items() if part in AGENT}
    rows['edgespan'] = add(*rows.values())
    checked = os.path.join(folder, 'checked.map')
    if os.path.exists(checked):
        rows[CHECKED] = linkmap.parts(checked)[CHECKED]
    for part, image in CODECS.items():
        if os.path.exists(os.path.join(folder, f'{image}.map')):
            rows[part] = linkmap.parts(os.path.join(folder, f'{image}.map'))['core']
    for part in ('otlp', 'tls', 'gzip'):
        if os.path.exists(os.path.join(folder, f'edgespan_size_{part}')):
            rows[part] = linkmap.parts(os.path.join(folder, f'{part}.map'))[part]
    program = os.path.join(folder, 'edgespan_size_traced')
    rows['program with'] = sections(settings, program)
    plain = os.path.join(folder, 'edgespan_size_plain')
    if os.path.exists(plain):
        rows['program without'] = sections(settings, plain)
        rows['growth'] = subtract(rows['program with'], rows['program without'])
    secured = os.path.join(folder, 'edgespan_size_tls')
    if os.path.exists(secured):
        rows['program with TLS'] = sections(settings, secured)
        rows['growth with TLS'] = subtract(rows['program with TLS'], rows['program without'])
    return settings['EDGESPAN_BOARD'], compiler(settings), rows, memory(settings, program), figures(build)


def add(*rows):
    return {kind: sum(row[kind] for row in rows) for kind in linkmap.KINDS}


def subtract(row, other):
    return {kind: row[kind] - other[kind] for kind in linkmap.KINDS}


def code(row):
    return row['text'] + row['rodata']


# FOOTPRINT.md: one section a board, `## board`, a line `compiler`, a table of parts, a line of memory, and a paragraph
# for each title of figures.
def section(with_compiler, rows, ram, found):
    lines = [f'Compiler: {with_compiler}', '',
             '| part | text | rodata | data | bss |', '|---|--:|--:|--:|--:|']
    for part in sorted(rows, key=ORDER.index):
        lines.append(f'| {part} | ' + ' | '.join(f'{rows[part][kind]:,}' for kind in linkmap.KINDS) + ' |')
    lines += ['', f'Memory: {ram[0]:,} bytes of the budget, {ram[1]:,} with the agent\'s objects', '']
    for title, values in found.items():
        if values:
            largest_first = sorted(values.items(), key=lambda item: (-item[1], item[0]))
            paragraph = f'{title}: ' + ', '.join(f'`{name}` {size:,}' for name, size in largest_first)
            lines += textwrap.wrap(paragraph, 118, break_on_hyphens=False) + ['']
    return '\n'.join(lines)


def committed():
    """{board: (compiler, rows, ram, figures)}"""
    boards = {}
    for board, text in page.read()[1].items():
        ram = re.search(r'^Memory: ([\d,]+) bytes of the budget, ([\d,]+)', text, re.M)
        if ram is None:
            continue  # of no board
        rows = {}
        for part, *sizes in re.findall(r'^\| ([\w ]+)' + r' \| (-?[\d,]+)' * 4 + r' \|$', text, re.M):
            rows[part] = dict(zip(linkmap.KINDS, (int(n.replace(',', '')) for n in sizes)))
        boards[board] = (re.search(r'^Compiler: (.*)$', text, re.M).group(1), rows,
                         tuple(int(n.replace(',', '')) for n in ram.groups()), committed_figures(text))
    return boards


def committed_figures(text):
    found = {}
    for title in TOLERANCE:
        paragraph = re.search(rf'^{title}: (.*?)\n\n', text + '\n', re.M | re.S)
        values = re.findall(r'`([^`]+)` ([\d,]+\d|\d)', ' '.join(paragraph.group(1).split())) if paragraph else []
        found[title] = {name: int(size.replace(',', '')) for name, size in values}
    return found


def over_the_bars(board, rows, found):
    for boards, parts, kinds, limit in BARS:
        size = sum(rows[part][kind] for part in parts if part in rows for kind in kinds)
        if board in boards and size > limit:
            yield f'{board}: {" + ".join(parts)} is {size:,} bytes of {" and ".join(kinds)}, {limit:,} at most'
    for name, limit in ARENA_BARS.items():
        size = found[ARENA].get(name, 0)
        if board in LINUX_ARMV7 and size > limit:
            yield f'{board}: TLS with {name} needs an arena of {size:,} bytes, {limit:,} at most'
    for part in AGENT:
        if part in rows and rows[part]['data'] > DATA_MAX.get(part, 0):
            yield f'{board}: {part} has {rows[part]["data"]:,} bytes of data; edgespan\'s objects begin as zeros'


def grown_figures(board, found, then):
    for title, values in found.items():
        for name, size in values.items():
            before = then[title].get(name)
            if before is None:
                yield f'{board}: {title}: {name} is new, {size:,}'
            elif size > before + TOLERANCE[title]:
                yield f'{board}: {title}: {name} grew from {before:,} to {size:,}'


def compare(build):
    """Sentences about what is worse than what was committed."""
    board, with_compiler, rows, ram, found = measure(build)
    boards = committed()
    if board not in boards:
        return [f'{board}: not in boards/FOOTPRINT.md']
    then_compiler, then, then_ram, then_found = boards[board]
    worse = list(over_the_bars(board, rows, found))
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
    objects = begins_as_data(cache(build), os.path.join(build, 'tests', 'size', 'edgespan_size_traced'))
    worse += [f'{board}: the object {name} does not begin as zeros' for name in objects]
    worse += grown_figures(board, found, then_found)
    return worse


def check(builds):
    worse, compared = [], False
    if not page.readme_has(short(committed())):
        worse.append('README.md has other figures than boards/FOOTPRINT.md')
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
    for board, (_, rows, ram, _) in boards.items():
        wrapper = sum(code(rows[part]) for part in ('core', 'http', 'kafka') if part in rows)
        cells = [f'{code(rows["core"]):,}', f'{wrapper:,}' if 'kafka' in rows else '',
                 f'{code(rows["growth"]):,}' if 'growth' in rows else '', f'{ram[1]:,}']
        lines.append(f'| {board} | ' + ' | '.join(cells) + ' |')
    return lines


def write(builds):
    head, sections = page.read()
    for build in builds:
        board, *measured = measure(build)
        sections[board] = section(*measured)
    page.write(head, sections)
    page.write_readme(README_TABLE, short(committed()))
    return 0


def main(arguments):
    if arguments[:1] == ['print']:
        print('\n'.join(short(committed())))
        return 0
    if arguments[:1] == ['check'] and arguments[1:]:
        return check(arguments[1:])
    if arguments[:1] == ['write'] and arguments[1:]:
        return write(arguments[1:])
    print(__doc__)
    return 2


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
