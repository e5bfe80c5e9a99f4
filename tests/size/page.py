# SPDX-License-Identifier: Apache-2.0
"""boards/FOOTPRINT.md: a head, a section `## NAME` for each board, in the order of names, one for the cost of
operations, and one for code that is fast. footprint.py writes the boards', tests/cost/cost.py and hot.py the others."""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, 'boards', 'FOOTPRINT.md')
README = os.path.join(ROOT, 'README.md')
COST = 'Cost of an operation'
HOT = 'Fast where flash is cheap'


def read():
    """(head, {name: text of its section, without the title})"""
    with open(PAGE, encoding='utf-8') as file:
        parts = re.split(r'^## (.*)\n', file.read(), flags=re.M)
    return parts[0], dict(zip(parts[1::2], parts[2::2]))


def write(head, sections):
    names = sorted(sections, key=lambda name: (name in (COST, HOT), name))
    with open(PAGE, 'w', encoding='utf-8') as file:
        file.write(head + '\n'.join(f'## {name}\n\n{sections[name].strip()}\n' for name in names))


def readme_has(lines):
    with open(README, encoding='utf-8') as file:
        return '\n'.join(lines) + '\n' in file.read()


def write_readme(first_cells, lines):
    """Replaces the table whose first line begins with `first_cells`."""
    with open(README, encoding='utf-8') as file:
        text = file.read()
    table = re.compile(rf'^{re.escape(first_cells)}.*\n(?:\|.*\n)+', re.M)
    with open(README, 'w', encoding='utf-8') as file:
        file.write(table.sub(lambda _: '\n'.join(lines) + '\n', text))
