#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The README shows five rows of RESULTS.md. Run by itself it fails if they are not the same."""

import os
import sys

if __name__ == '__main__':
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from runner import rows  # noqa: E402

HERE = os.path.dirname(rows.FILE)
RESULTS = os.path.join(HERE, 'RESULTS.md')
README = os.path.join(os.path.dirname(os.path.dirname(HERE)), 'README.md')
SHOWN = ('b3_parse', 'span_2tags', 'send_sampled', 'poll_record', 'drain')


def _cells(line):
    return [cell.strip() for cell in line.strip().strip('|').split('|')]


def _line(title, results):
    """The README's row of that title: edgespan, floor, Brave and Brave's garbage."""
    lines = results.split('\n')
    head = next(_cells(line) for line in lines if line.startswith('|'))
    try:
        row = dict(zip(head, next(_cells(line) for line in lines if line.startswith(f'| {title} |'))))
        garbage = row['allocations: ours, Brave, Go'].split(', ')[1]
        return f'| {title} | {row["edgespan"]} | {row["floor"]} | {row["Brave"]} | {garbage} |'
    except (KeyError, IndexError, StopIteration):
        raise ValueError(f'RESULTS.md lacks Brave or a figure of the row "{title}"') from None


def updated(readme, results):
    """The README with the figures of RESULTS.md. Raises ValueError if either lacks a row."""
    lines = readme.split('\n')
    for title in (rows.load()[name].title for name in SHOWN):
        places = [i for i, line in enumerate(lines) if line.startswith(f'| {title} |')]
        if len(places) != 1:
            raise ValueError(f'README.md has {len(places)} rows "{title}", not one')
        lines[places[0]] = _line(title, results)
    return '\n'.join(lines)


def _read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def update():
    text = updated(_read(README), _read(RESULTS))
    with open(README, 'w', encoding='utf-8') as file:
        file.write(text)


def main():
    readme = _read(README)
    expected = updated(readme, _read(RESULTS))
    for number, (is_there, should_be) in enumerate(zip(readme.split('\n'), expected.split('\n')), 1):
        if is_there != should_be:
            print(f'README.md:{number}: has  {is_there}\n  RESULTS.md: says {should_be}')
    return 0 if readme == expected else 1


if __name__ == '__main__':
    try:
        sys.exit(main())
    except ValueError as error:
        sys.exit(str(error))
