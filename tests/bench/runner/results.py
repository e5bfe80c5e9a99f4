# SPDX-License-Identifier: Apache-2.0
"""RESULTS.md: the table with all that a reader needs to judge it."""

import os

from runner import machine, table
from runner.peers import HERE

FILE = os.path.join(HERE, 'RESULTS.md')

HEAD = '''<!-- SPDX-License-Identifier: Apache-2.0 -->
# What an operation costs

Written by `./dev bench --write`. Nanoseconds of processor time of the measuring thread an operation, medians of
{rounds} rounds in which all took turns; a ratio is the median of the rounds' ratios. "floor" is a straight-line
program that does only what cannot be left out. "MISSED" marks a bar that does not hold. `rows.ini` has the workload,
the bars and their reasons.
'''


def write(given, rows, taken, lines, load, peers, date):
    parts = [HEAD.format(rounds=given.rounds), *_machine(given, load, peers, date), '', *table.markdown(lines), '',
             '## How far to trust it', '',
             'The least, the median and the most of the rounds. All inputs are constant, so branches are predicted and',
             'caches warm: best cases, for every peer alike.', '', *table.spread(rows, taken)]
    with open(FILE, 'w', encoding='utf-8') as file:
        file.write('\n'.join(parts) + '\n')


def _machine(given, load, peers, date):
    yield f'- {date.isoformat()}; {machine.processor()}; {machine.system()}'
    yield f'- load average {load["before"]:.1f} before, {load["after"]:.1f} after'
    for what, which in machine.versions(given.build, peers):
        yield f'- {what}: {which}'
