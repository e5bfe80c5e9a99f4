#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: cost.py check BUILD... | write BUILD... | print | functions BUILD [OPERATION...]

Counts what operations cost on a board's processor: guest instructions, system calls and allocations, in qemu with the
plugin count.c. A build is one of a board, or of this machine (x86-64), in which the program of CMakeLists.txt is built.

  check      compares with boards/FOOTPRINT.md; fails where a figure has grown by more than 2 %, or a system call or an
             allocation was added, or README.md's figures differ. Says which bars are missed. Exit status 77: nothing
             was compared, for the compiler is another one or this machine's qemu takes no plugin
  write      puts the figures of these builds into boards/FOOTPRINT.md, and its short form into README.md
  print      shows what boards/FOOTPRINT.md says, and which bars are missed
  functions  shows in which functions the instructions of each operation are, edgespan's and its floor's
"""

import bisect
import collections
import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'size'))
import footprint  # pylint: disable=wrong-import-position
import page  # pylint: disable=wrong-import-position

HOST = 'x86-64'
# Rows that the bench has not, or of another size; all others have their titles from there.
TITLES = {
    'b3_write_short': 'write b3 single, without parent',
    'b3_write_set': 'write X-B3-*',
    'w3c_parse': 'parse `traceparent`',
    'w3c_write': 'write `traceparent`',
    'send_sampled': 'traced send, sampled, four to a response, beyond the client',
    'send_unsampled': 'traced send, unsampled, four to a response, beyond the client',
    'poll_record': 'traced poll of 100, per record, beyond the client',
    'step_idle': 'step of the reporter, nothing to do',
}
BENCH_ROWS = os.path.join(os.path.dirname(HERE), 'bench', 'rows.ini')
LOOP = 'loop'
# Of calls that do many rounds by themselves no loop is taken off.
WHOLE = ('drain', 'send_sampled', 'send_unsampled', 'poll_record', 'poll_next_span')
GROWTH = 1.02
BARS = {'linux': 2.0, 'bare': 4.0}  # edgespan's instructions against its floor's
SECTION = 'edgespan_cost_client'  # client.cpp
ALLOCATING = ('malloc', 'calloc', 'realloc', 'memalign', 'aligned_alloc', 'posix_memalign')
README_TABLE = '| board | parse '
README_ROWS = ('b3_parse', 'span_2tags', 'send_sampled', 'send_unsampled', 'poll_record', 'poll_next_span', 'step_idle')

# Of one operation; `calls` are system calls that read no clock.
Cost = collections.namedtuple('Cost', 'instructions floor reads calls allocations')


class NoPlugin(Exception):
    """This machine's qemu cannot count."""


def titles():
    rows = configparser.ConfigParser()
    rows.read(BENCH_ROWS, encoding='utf-8')
    return {**{name: rows[name]['title'] for name in rows.sections()}, **TITLES}


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


class Program:
    """The program of one build."""

    def __init__(self, build, path=None):
        with open(os.path.join(build, 'tests', 'cost', 'cost.txt'), encoding='utf-8') as file:
            self.path, emulator, self.clock = file.read().splitlines()
        self.path = path or self.path
        if not os.path.exists(self.path):
            sys.exit(f'{self.path} is missing: build the target of that name first')
        self.emulator = emulator.split(';')
        settings = footprint.cache(build)
        self.board = settings.get('EDGESPAN_BOARD') or HOST
        self.compiler = footprint.compiler(settings)
        emulator = os.path.basename(self.emulator[0]).removesuffix('-static')
        self.addresses, self.functions = self._symbols(is_arm=emulator.endswith('arm'))

    def _symbols(self, is_arm):
        """Addresses by name, and functions as sorted (address, name). Thumb code has 1 in the address of a function."""
        addresses, functions = {}, []
        for line in run('readelf', '-sW', self.path).splitlines():
            words = line.split()
            if len(words) == 8 and words[3] in ('FUNC', 'IFUNC') and words[6] != 'UND':
                address = int(words[1], 16) & ~int(is_arm)
                addresses[words[7]] = address
                functions.append((address, words[7]))
        return addresses, sorted(functions)

    def _arguments(self, out, by_block):
        at = self.addresses
        arguments = [f'begin={at["edgespan_cost_begin"]:x}', f'end={at["edgespan_cost_end"]:x}', f'out={out}']
        hidden = re.search(rf'{SECTION}\s+PROGBITS\s+(\w+)\s+\w+\s+(\w+)', run('readelf', '-SW', self.path))
        if hidden:
            begin, size = (int(number, 16) for number in hidden.groups())
            arguments.append(f'hide={begin:x}:{begin + size:x}')
        arguments += [f'clock={at[self.clock]:x}'] if self.clock in at else []
        arguments += [f'allocates={at[name]:x}' for name in ALLOCATING if name in at]
        return arguments + ['blocks=yes'] * by_block

    def count(self, by_block=False):
        """{(operation, peer): (counts of one round, Counter of instructions by function)}"""
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, 'counts')
            plugin = ','.join([build_plugin(folder)] + self._arguments(out, by_block))
            emulator = shutil.which(os.path.basename(self.emulator[0]).replace('-static', ''))
            if emulator is None:
                raise NoPlugin(f'{self.emulator[0]} without -static is not here; Debian has it in qemu-user')
            command = [emulator, '-plugin', plugin, *self.emulator[1:], self.path]
            ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 text=True, timeout=300, check=False)
            if ran.returncode != 0 or not ran.stdout.rstrip().endswith('done'):
                if 'plugin' in ran.stdout:
                    raise NoPlugin(ran.stdout.strip())
                sys.exit(f'{self.board}: {ran.stdout[-400:]}\nexit status {ran.returncode}')
            rows = [line.split()[1:] for line in ran.stdout.splitlines() if line.startswith('row ')]
            return self._by_row(rows, list(self._stretches(out)))

    def _stretches(self, path):
        counts, blocks = None, collections.Counter()
        with open(path, encoding='ascii') as file:
            for line in file:
                if line.startswith(' '):
                    address, executed = line.split()
                    blocks[self.function_at(int(address, 16))] += int(executed)
                    continue
                if counts is not None:
                    yield counts, blocks
                counts, blocks = [int(number) for number in line.split()], collections.Counter()
        yield counts, blocks

    @staticmethod
    def _by_row(rows, stretches):
        found, at = {}, 0
        for operation, peer, count, rounds in rows:
            of_row = stretches[at:at + int(count)]
            at += int(count)
            all_rounds = int(count) * int(rounds)
            counts = [sum(counts[i] for counts, _ in of_row) / all_rounds for i in range(4)]
            functions = sum((blocks for _, blocks in of_row), collections.Counter())
            found[operation, peer] = counts, {name: n / all_rounds for name, n in functions.items()}
        assert at == len(stretches)
        return found

    def function_at(self, address):
        index = bisect.bisect_right(self.functions, (address, '\x7f')) - 1
        return self.functions[index][1] if index >= 0 else '?'


def build_plugin(folder):
    path = os.path.join(folder, 'count.so')
    subprocess.run(['cc', '-std=c99', '-shared', '-fPIC', '-O2', '-o', path, os.path.join(HERE, 'count.c')], check=True)
    return path


def measure(program):
    """{operation: Cost}"""
    found = program.count()
    loop = found.pop((LOOP, 'edgespan'))[0][0]
    costs = {}
    for (operation, peer), (counts, _) in found.items():
        if peer != 'edgespan':
            continue
        off = 0 if operation in WHOLE else loop
        floor = found[operation, 'floor'][0]
        costs[operation] = Cost(round(counts[0] - off), round(floor[0] - off), round(counts[2], 2),
                                round(counts[1] - counts[2], 2), round(counts[3], 2))
    return costs


def number(value):
    return f'{value:,.2f}'.rstrip('0').rstrip('.')


# The section of FOOTPRINT.md: a paragraph of compilers and a table, a line an operation, a column a board. What an
# operation reads and calls does not depend on the board.
def section(boards):
    names, compilers = titles(), '; '.join(f'{board}: {compiler}' for board, (compiler, _) in boards.items())
    lines = textwrap.wrap(f'Counted with {compilers}.', 118, break_on_hyphens=False)
    lines += ['', '| operation | clock reads | other system calls | allocations | ' + ' | '.join(boards) + ' |',
              '|---|--:|--:|--:|' + '--:|' * len(boards)]
    operations = max((list(costs) for _, costs in boards.values()), key=len)
    for operation in operations:
        cells = []
        of_all = [costs[operation] for _, costs in boards.values() if operation in costs]
        for figures in zip(*(cost[2:] for cost in of_all)):
            cells.append(number(max(figures)))
        for _, costs in boards.values():
            cost = costs.get(operation)
            cells.append(f'{cost.instructions:,} / {cost.floor:,}' if cost else '')
        lines.append(f'| {names[operation]} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines) + '\n'


def committed():
    """{board: (compiler, {operation: Cost})}"""
    text = page.read()[1].get(page.COST, '')
    with_compilers = re.search(r'^Counted with (.*?)\.\n\n', text, re.M | re.S)
    if with_compilers is None:
        return {}
    compilers = dict(item.split(': ', 1) for item in ' '.join(with_compilers.group(1).split()).split('; '))
    boards = {board: (compiler, {}) for board, compiler in compilers.items()}
    by_title = {title: name for name, title in titles().items()}
    for line in re.findall(r'^\| (.*) \|$', text, re.M)[1:]:
        title, reads, calls, allocations, *cells = (cell.strip() for cell in line.split('|'))
        for (_, costs), cell in zip(boards.values(), cells):
            figures = [int(figure.replace(',', '')) for figure in re.findall(r'[\d,]+', cell)]
            if figures:
                costs[by_title[title]] = Cost(*figures, float(reads), float(calls), float(allocations))
    return boards


def missed(board, costs):
    bar = BARS['bare' if 'send_sampled' not in costs else 'linux']
    for operation, cost in costs.items():
        if cost.instructions > bar * cost.floor:
            yield f'{board}: {operation} is {cost.instructions / cost.floor:.2f} times its floor; the bar is {bar:g}'


def grown(board, costs, then):
    for operation, cost in costs.items():
        before = then.get(operation)
        if before is None:
            yield f'{board}: {operation} is new'
            continue
        if cost.instructions > before.instructions * GROWTH:
            yield f'{board}: {operation} grew from {before.instructions:,} to {cost.instructions:,} instructions'
        for what in ('reads', 'calls', 'allocations'):
            if getattr(cost, what) > getattr(before, what):
                yield f'{board}: {operation}: {what} grew from {getattr(before, what):g} to {getattr(cost, what):g}'


def check(builds):
    then, worse, compared = committed(), [], False
    if not page.readme_has(short(then)):
        worse.append('README.md has other costs than boards/FOOTPRINT.md')
    for build in builds:
        program = Program(build)
        costs = measure(program)
        with_compiler, costs_then = then.get(program.board, (program.compiler, {}))
        print(*missed(program.board, costs), sep='\n')
        if with_compiler != program.compiler:
            print(f'{program.board}: counted with {program.compiler}, the table with {with_compiler}: not compared')
            continue
        compared = True
        worse += grown(program.board, costs, costs_then)
        for operation, before in costs_then.items():
            if operation in costs and costs[operation].instructions * GROWTH < before.instructions:
                print(f'{program.board}: {operation} fell from {before.instructions:,} to '
                      f'{costs[operation].instructions:,} instructions')
    print(*worse, sep='\n')
    if worse:
        print('If that is meant: ./dev cost')
    return 1 if worse else 0 if compared else 77


def short(boards):
    words = {name: title.split(',')[0] for name, title in titles().items()}
    words.update(b3_parse='parse `b3`', span_2tags='span, 2 tags', send_sampled='traced send',
                 send_unsampled='unsampled', poll_record='a record polled', poll_next_span='and `next_span`',
                 step_idle='idle `step()`')
    lines = ['| board | ' + ' | '.join(words[row] for row in README_ROWS) + ' |', '|---|' + '--:|' * len(README_ROWS)]
    for board, (_, costs) in boards.items():
        cells = [f'{costs[row].instructions:,}' if row in costs else '' for row in README_ROWS]
        lines.append(f'| {board} | ' + ' | '.join(cells) + ' |')
    return lines


def write(builds):
    boards = committed()
    for build in builds:
        program = Program(build)
        boards[program.board] = program.compiler, measure(program)
    head, sections = page.read()
    sections[page.COST] = section(dict(sorted(boards.items())))
    page.write(head, sections)
    page.write_readme(README_TABLE, short(committed()))
    return print_all()


def print_all():
    boards = committed()
    print('\n'.join(short(boards)))
    for board, (_, costs) in boards.items():
        print(*missed(board, costs), sep='\n')
    return 0


def functions(build, operations):
    program = Program(build)
    for (operation, peer), (counts, by_function) in program.count(by_block=True).items():
        if operation == LOOP or (operations and operation not in operations):
            continue
        print(f'\n{operation} {peer}: {counts[0]:.0f} instructions, {number(counts[1])} system calls')
        largest = sorted(by_function.items(), key=lambda item: -item[1])
        plain = run('c++filt', *(name for name, _ in largest)).splitlines() if largest else []
        for name, (_, instructions) in zip(plain, largest):
            if instructions >= 1:
                print(f'{instructions:8.0f}  {name[:110]}')
    return 0


def main(arguments):
    command, rest = (arguments[0], arguments[1:]) if arguments else ('', [])
    try:
        if command == 'print' and not rest:
            return print_all()
        if command == 'check' and rest:
            return check(rest)
        if command == 'write' and rest:
            return write(rest)
        if command == 'functions' and rest:
            return functions(rest[0], rest[1:])
    except NoPlugin as why:
        print(f'not counted: {why}')
        return 77
    print(__doc__)
    return 2


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
