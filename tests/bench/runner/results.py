# SPDX-License-Identifier: Apache-2.0
"""RESULTS.md: a table a processor, with all that a reader needs to judge it."""

import os
import re

from runner import machine, table
from runner.peers import HERE

FILE = os.path.join(HERE, 'RESULTS.md')

HEAD = '''<!-- SPDX-License-Identifier: Apache-2.0 -->
# What an operation costs

Written by `./dev bench --write`: of each processor the last table, the newest one first. Nanoseconds of processor time
of the measuring thread an operation, medians of rounds in which all took turns; a ratio is the median of the rounds'
ratios. "floor" is a straight-line program that does only what cannot be left out. "MISSED" marks a bar that does not
hold. `rows.ini` has the workload, the bars and their reasons. A second table has the least, the median and the most of
the rounds. All inputs are constant, so branches are predicted and caches warm: best cases, for every peer alike.
'''
PART = re.compile(r'^## ', re.MULTILINE)


def updated(page, processor, part):
    """The page with this part in front, in the place of the one of the same processor."""
    others = [other for other in PART.split(page)[1:] if other.split('\n', 1)[0] != processor]
    return '\n## '.join([HEAD, *(text.rstrip('\n') + '\n' for text in [f'{processor}\n\n{part}', *others])])


def write(given, rows, taken, lines, load, peers, date):
    part = '\n'.join([*_machine(given, load, peers, date), '', *table.markdown(lines), '', *table.spread(rows, taken)])
    with open(FILE, encoding='utf-8') as file:
        page = file.read()
    with open(FILE, 'w', encoding='utf-8') as file:
        file.write(updated(page, machine.processor(), part))


def _machine(given, load, peers, date):
    yield f'- {date.isoformat()}; {given.rounds} rounds; {os.cpu_count()} logical processors; {machine.system()}'
    yield f'- load average {load["before"]:.1f} before, {load["after"]:.1f} after'
    for what, which in machine.versions(given.build, peers):
        yield f'- {what}: {which}'
