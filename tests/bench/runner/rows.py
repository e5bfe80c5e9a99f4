# SPDX-License-Identifier: Apache-2.0
"""The rows of the table and their bars, as rows.ini has them."""

import configparser
import dataclasses
import itertools
import os
import re

FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'rows.ini')


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    title: str
    unit: str
    why: str
    bars: dict  # kind of bar -> number; `like` -> (row, number)


def _bar(kind, text):
    if kind != 'like':
        return float(text)
    row, factor = text.split()
    return row, float(factor)


def _sections(parser):
    """(name, keys) of each row: a section's own, or one for each choice in its name."""
    for family in parser.sections():
        choices = [found.split('|') for found in re.findall(r'\{([^}]*)\}', family)]
        for chosen in itertools.product(*choices):
            parts = iter(chosen)
            name = re.sub(r'\{[^}]*\}', lambda _, parts=parts: next(parts), family)
            yield name, {**parser[family], 'title': parser[family]['title'].format(None, *chosen)}


def load(path=FILE):
    """All rows in their order, and those of whole programs once more, with a real broker. Raises ValueError if a key, a
    number or a row's name is wrong."""
    parser = configparser.ConfigParser(interpolation=None)
    with open(path, encoding='utf-8') as file:
        parser.read_file(file)
    sections = list(_sections(parser))
    for name, keys in [section for section in sections if section[0].startswith('whole_')]:
        title = keys['title'].replace('whole program', 'whole program, Kafka', 1)
        sections.append((name.replace('whole_', 'kafka_', 1), {**keys, 'title': title}))
    kinds = ('floor', 'plain', 'brave', 'portable', 'fastrace', 'like', 'is', 'at_most')
    rows = {}
    for name, keys in sections:
        title, unit, why = keys.pop('title'), keys.pop('unit', 'ns'), keys.pop('why', '')
        unknown = set(keys) - set(kinds)
        if unknown:
            raise ValueError(f'{path}: [{name}] has an unknown key: {", ".join(sorted(unknown))}')
        if keys and not why:
            raise ValueError(f'{path}: [{name}] has a bar without a reason')
        rows[name] = Row(name, title, unit, why, {kind: _bar(kind, keys[kind]) for kind in kinds if kind in keys})
    for row in rows.values():
        if 'like' in row.bars and row.bars['like'][0] not in rows:
            raise ValueError(f'{path}: [{row.name}] is compared with {row.bars["like"][0]}, which is no row')
    return rows
