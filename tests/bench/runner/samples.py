# SPDX-License-Identifier: Apache-2.0
"""What was measured, round by round, and what follows from it."""

import collections
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Figure:
    """One benchmark in one round."""
    name: str  # ROW/PEER or ROW/PEER_base
    value: float
    allocs: float = None  # calls of the allocator per operation
    bytes: float = None  # heap bytes per operation


class Samples:
    def __init__(self):
        self._rounds = []
        self._peers = collections.defaultdict(set)

    def add_round(self, figures):
        """Takes one round's figures; what a peer's base costs is taken off at once."""
        by_name = {figure.name: figure for figure in figures}
        taken = {}
        for name, figure in by_name.items():
            if name.endswith('_base'):
                continue
            base = by_name.get(name + '_base')
            row, peer = name.split('/')
            taken[row, peer] = figure if base is None else _difference(figure, base)
            self._peers[row].add(peer)
        self._rounds.append(taken)

    def peers(self, row):
        return self._peers[row]

    def values(self, row, peer):
        return [taken[row, peer].value for taken in self._rounds if (row, peer) in taken]

    def value(self, row, peer):
        """The median of the rounds, or None."""
        return _median(self.values(row, peer))

    def ratio(self, over, under):
        """The median of the rounds' ratios, each within its round; over and under are (row, peer)."""
        return _median([taken[over].value / taken[under].value for taken in self._rounds
                        if over in taken and under in taken and taken[under].value > 0])

    def allocs(self, row, peer):
        return self._median_of(row, peer, 'allocs')

    def bytes(self, row, peer):
        return self._median_of(row, peer, 'bytes')

    def _median_of(self, row, peer, what):
        found = [getattr(taken[row, peer], what) for taken in self._rounds if (row, peer) in taken]
        return _median([value for value in found if value is not None])


def _median(values):
    return statistics.median(values) if values else None


def _difference(figure, base):
    def less(what):
        mine, other = getattr(figure, what), getattr(base, what)
        return None if mine is None or other is None else max(0.0, mine - other)
    return Figure(figure.name, figure.value - base.value, less('allocs'), less('bytes'))
