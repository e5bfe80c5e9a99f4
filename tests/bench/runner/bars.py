# SPDX-License-Identifier: Apache-2.0
"""Which bars hold."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Verdict:
    row: str
    kind: str  # as in rows.ini, or `allocs`
    limit: float
    measured: float  # None: a figure that the bar needs is missing
    holds: bool
    against: str = ''  # what a ratio is taken against

    @property
    def sign(self):
        return {'brave': '>=', 'portable': '>=', 'fastrace': '>=', 'is': '='}.get(self.kind, '<=')

    @property
    def text(self):
        """The bar in words."""
        if self.against:
            return f'{self.sign} {self.limit:g} x {self.against}'
        return f'{self.sign} {self.limit:,.0f}'


def _judge_bar(row, kind, limit, samples):
    own = (row.name, 'edgespan')
    if kind == 'is':
        values = [samples.value(row.name, peer) for peer in samples.peers(row.name)]
        measured = samples.value(*own)
        return Verdict(row.name, kind, limit, measured, measured is not None and set(values) == {limit})
    if kind == 'at_most':
        return _verdict(row, kind, limit, samples.value(*own))
    if kind == 'like':
        other, limit = limit
        return _verdict(row, kind, limit, samples.ratio(own, (other, 'edgespan')), other)
    if kind in ('brave', 'portable'):
        fast = own if kind == 'brave' else (row.name, 'portable')
        return _verdict(row, kind, limit, samples.ratio((row.name, 'brave'), fast), fast[1])
    if kind == 'fastrace':
        return _verdict(row, kind, limit, samples.ratio((row.name, kind), own), own[1])
    return _verdict(row, kind, limit, samples.ratio(own, (row.name, kind)), kind)


def _verdict(row, kind, limit, measured, against=''):
    verdict = Verdict(row.name, kind, limit, measured, False, against)
    if measured is None:
        return verdict
    holds = measured >= limit if verdict.sign == '>=' else measured <= limit
    return dataclasses.replace(verdict, holds=holds)


def judge(rows, samples, absent=()):
    """A verdict on every bar, but for those against a peer that is absent from this run."""
    for row in rows:
        for kind, limit in row.bars.items():
            needed = {'brave': 'brave', 'portable': 'brave', 'fastrace': 'fastrace'}.get(kind, 'edgespan')
            if needed not in absent:
                yield _judge_bar(row, kind, limit, samples)
        allocs = samples.allocs(row.name, 'edgespan')
        if allocs is not None:
            yield _verdict(row, 'allocs', 0.0, allocs)
