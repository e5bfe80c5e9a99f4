# SPDX-License-Identifier: Apache-2.0
"""The rows of the table and their bars, as rows.ini has them."""

import configparser
import dataclasses
import os

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


def load(path=FILE):
    """All rows in their order, and those of whole programs once more, with a real broker. Raises ValueError if a key, a
    number or a row's name is wrong."""
    parser = configparser.ConfigParser(interpolation=None)
    with open(path, encoding='utf-8') as file:
        parser.read_file(file)
    for name in [name for name in parser.sections() if name.startswith('whole_')]:
        title = parser[name]['title'].replace('whole program', 'whole program, Kafka', 1)
        parser[name.replace('whole_', 'kafka_', 1)] = {**parser[name], 'title': title}
    kinds = ('floor', 'plain', 'brave', 'portable', 'fastrace', 'like', 'is', 'at_most')
    rows = {}
    for name in parser.sections():
        keys = dict(parser[name])
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
