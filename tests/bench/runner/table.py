# SPDX-License-Identifier: Apache-2.0
"""The table: its cells, and the two ways to write them."""

HEAD = ('', 'edgespan', 'floor', 'x floor (bar)', 'Brave', 'x Brave (bar)', 'zipkin-go',
        'allocations: ours, Brave, Go', 'and')
# Peers that have few rows and no column: what they call themselves and how they are told.
BESIDE = (('fastrace', 'fastrace'), ('otel_cpp', 'opentelemetry-cpp'))


def number(value, unit='ns'):
    if value is None:
        return ''
    if unit != 'ns' or abs(value) >= 1000:
        return f'{value:,.0f}'
    return f'{value:.0f}' if abs(value) >= 100 else f'{value:.1f}'


def factor(value):
    if value is None:
        return ''
    return f'{value:.0f}' if value >= 10 else f'{value:.2f}'


def _limit(verdict):
    return f'{verdict.sign} {verdict.limit:g}'


def _barred(verdict, measured):
    """A ratio with its bar, and a word if the bar does not hold."""
    if verdict is None:
        return ''
    if verdict.measured is None:
        return f'({_limit(verdict)}) missing'
    return f'{factor(verdict.measured)} ({_limit(verdict)})' + ('' if verdict.holds else ' MISSED')


def _other(verdict):
    """A bar that has no column of its own, in words."""
    text = verdict.text
    if verdict.kind in ('plain', 'like'):
        text = f'{factor(verdict.measured)} x {verdict.against} ({_limit(verdict)})'.lstrip()
    elif verdict.kind == 'fastrace':
        text = f'fastrace takes {factor(verdict.measured)} x as much ({_limit(verdict)})'
    return text + ('' if verdict.holds else ' MISSED' if verdict.measured is not None else ' missing')


def _allocations(row, samples):
    cells = [None if count is None else f'{count:.3g}' for count in (
        samples.allocs(row.name, 'edgespan'), samples.allocs(row.name, 'go'))]
    heap = samples.bytes(row.name, 'brave')
    found = [cells[0], None if heap is None else f'{heap:,.0f} B', cells[1]]
    return ', '.join('-' if cell is None else cell for cell in found) if any(found) else ''


def _unit(row):
    return '' if row.unit == 'ns' else f', {row.unit}'


def lines(rows, samples, verdicts):
    """A tuple of cells, as HEAD names them, for each row that has a figure or lacks one that a bar needs."""
    by_row = {}
    for verdict in verdicts:
        by_row.setdefault(verdict.row, {})[verdict.kind] = verdict
    for row in rows:
        found = by_row.get(row.name, {})
        if not samples.peers(row.name) and not found:
            continue
        own = (row.name, 'edgespan')

        def cell(peer, row=row):
            return number(samples.value(row.name, peer), row.unit)

        more = [f'{title} {figure}' for peer, title in BESIDE if (figure := cell(peer))]
        more += [_other(found[kind]) for kind in ('plain', 'fastrace', 'like', 'is', 'at_most') if kind in found]
        if 'allocs' in found and not found['allocs'].holds:
            more.append('allocates: MISSED')
        yield (row.title + _unit(row), cell('edgespan'), cell('floor'),
               _barred(found.get('floor'), samples.ratio(own, (row.name, 'floor'))), cell('brave'),
               _barred(found.get('brave'), samples.ratio((row.name, 'brave'), own)), cell('go'),
               _allocations(row, samples), '; '.join(more))
        if 'portable' in samples.peers(row.name):
            portable = (row.name, 'portable')
            yield ('... without SIMD', cell('portable'), cell('floor_portable'),
                   factor(samples.ratio(portable, (row.name, 'floor_portable'))), '',
                   _barred(found.get('portable'), samples.ratio((row.name, 'brave'), portable)), '', '', '')


def _columns(table):
    """Leaves out columns that have nothing to say."""
    kept = [i for i in range(len(HEAD)) if i == 0 or any(line[i] for line in table)]
    return [tuple(line[i] for i in kept) for line in [HEAD, *table]]


def text(table):
    """For a terminal: the first and the last column to the left, numbers to the right."""
    shown = _columns(table)
    widths = [max(len(line[i]) for line in shown) for i in range(len(shown[0]))]
    left = {0} | {i for i, head in enumerate(shown[0]) if head in (HEAD[7], HEAD[8])}
    for line in shown:
        yield '  '.join(cell.ljust(width) if i in left else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))).rstrip()


def markdown(table):
    shown = _columns(table)
    yield '| ' + ' | '.join(shown[0]) + ' |'
    yield '|---|' + '--:|' * (len(shown[0]) - 1)
    for line in shown[1:]:
        yield '| ' + ' | '.join(line) + ' |'


def spread(rows, samples):
    """Markdown, a line a row: of each peer the least, the median and the most of the rounds."""
    yield '| row | least, median and most of each peer |'
    yield '|---|---|'
    for row in rows:
        peers = []
        for peer in sorted(samples.peers(row.name), key=lambda peer: (peer != 'edgespan', peer)):
            values = samples.values(row.name, peer)
            cells = (min(values), samples.value(row.name, peer), max(values))
            peers.append(f'{peer} ' + ' '.join(number(value, row.unit) for value in cells))
        yield f'| {row.name} | {"; ".join(peers)} |'
