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
    text: str  # the limit in words


def _most(kind, row, limit, measured, text):
    return Verdict(row.name, kind, limit, measured, measured is not None and measured <= limit, text)


def _least(kind, row, limit, measured, text):
    return Verdict(row.name, kind, limit, measured, measured is not None and measured >= limit, text)


def _judge_bar(row, kind, limit, samples):
    own = (row.name, 'edgespan')
    if kind in ('floor', 'plain'):
        return _most(kind, row, limit, samples.ratio(own, (row.name, kind)), f'<= {limit:g} x {kind}')
    if kind == 'brave':
        return _least(kind, row, limit, samples.ratio((row.name, 'brave'), own), f'>= {limit:g} x faster than Brave')
    if kind == 'portable':
        measured = samples.ratio((row.name, 'brave'), (row.name, 'portable'))
        return _least(kind, row, limit, measured, f'>= {limit:g} x faster than Brave without SIMD')
    if kind == 'like':
        other, factor = limit
        return _most(kind, row, factor, samples.ratio(own, (other, 'edgespan')), f'<= {factor:g} x {other}')
    if kind == 'at_most':
        return _most(kind, row, limit, samples.value(*own), f'<= {limit:,.0f} {row.unit}')
    values = [samples.value(row.name, peer) for peer in samples.peers(row.name)]
    holds = samples.value(*own) is not None and all(value == limit for value in values)
    return Verdict(row.name, kind, limit, samples.value(*own), holds, f'= {limit:g} {row.unit}')


def judge(rows, samples, absent=()):
    """A verdict on every bar, but for those against a peer that is absent from this run."""
    for row in rows:
        for kind, limit in row.bars.items():
            needed = 'brave' if kind in ('brave', 'portable') else 'edgespan'
            if needed not in absent:
                yield _judge_bar(row, kind, limit, samples)
        allocs = samples.allocs(row.name, 'edgespan')
        if allocs is not None:
            yield _most('allocs', row, 0.0, allocs, 'no allocation')
