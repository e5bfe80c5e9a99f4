#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""whole.py PROGRAM MESSAGES: shows what a message takes in a whole program, without a judgement of its time.

PROGRAM is edgespan_whole: a producer and a consumer in C, bare, with a header of their own as large as tracing's
(plain; list: the header is given in a list), and traced. Broker and collector are another process. Fails where tracing
allocates more than its header does.
"""

import contextlib
import os
import subprocess
import sys
import tempfile

if __name__ == '__main__':
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from runner import samples  # noqa: E402

CASES = tuple((size, partitions) for size in (200, 1000) for partitions in (1, 4))
FIGURES = ('caller', 'process', 'allocs', 'wire')
ROWS = tuple(f'whole_{act}_{figure}_{size}_{partitions}' for act in ('send', 'poll') for figure in FIGURES
             for size, partitions in CASES if (act, figure) != ('poll', 'wire'))
KAFKA_ROWS = tuple(row.replace('whole_', 'kafka_', 1) for row in ROWS)  # the same with a real broker
MESSAGES = 20_000
INTEROP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'interop')
WAYS = {'bare': 'bare', 'plain': 'plain', 'list': 'list', 'traced': 'edgespan'}


def _figures(program, way, arguments):
    done = subprocess.run([program, way, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'{program} {way}: exit code {done.returncode}')
    for line in done.stdout.splitlines():
        size, partitions, *numbers = line.split()
        for i, number in enumerate(numbers):
            row = f'whole_{("send", "poll")[i // len(FIGURES)]}_{FIGURES[i % len(FIGURES)]}_{size}_{partitions}'
            if row in ROWS:
                yield samples.Figure(f'{row}/{WAYS[way]}', float(number))


@contextlib.contextmanager
def kafka(artefacts):
    """The addresses of a broker of tests/interop, which is fetched if it is not there yet."""
    subprocess.run([os.path.join(INTEROP, 'run'), '--prepare', 'kafka'], stdin=subprocess.DEVNULL, check=True,
                   env={**os.environ, 'INTEROP_DIR': artefacts})
    sys.path.insert(0, INTEROP)
    from servers import Kafka
    with tempfile.TemporaryDirectory(prefix='whole-', dir=artefacts) as directory:
        server = Kafka(artefacts, directory)
        try:
            server.start()
            server.ready()
            yield server.brokers
        finally:
            server.stop()


def measure_with_kafka(program, messages, artefacts):
    """The same with a real broker."""
    with kafka(artefacts) as brokers:
        subprocess.run([program, 'topics', brokers], stdin=subprocess.DEVNULL, timeout=60, check=True)
        for figure in measure(program, messages, brokers):
            yield samples.Figure(figure.name.replace('whole_', 'kafka_', 1), figure.value)


def measure(program, messages, others=None):
    """Figures of the programs, one after the other; `others` are brokers that take the place of our own."""
    # It ends when its stdin does, so it cannot outlive this process.
    with subprocess.Popen([program, 'peer'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        try:
            own, collector = peer.stdout.readline().split()
            brokers = others or own
            for way in WAYS:
                where = [brokers, collector] if way == 'traced' else [brokers]
                yield from _figures(program, way, [*where, str(messages)])
        finally:
            peer.stdin.close()


def main(program, messages):
    by_row = {}
    for figure in measure(program, int(messages)):
        row, peer = figure.name.split('/')
        by_row.setdefault(row, {})[peer] = figure.value
    worse = 0
    for row, by_peer in by_row.items():
        print(f'{row}: ' + ', '.join(f'{peer} {value:,.2f}' for peer, value in by_peer.items()))
        # How many statistics and timers fall into the time that is measured differs.
        if '_allocs_' in row and by_peer['edgespan'] > by_peer['plain'] + 0.25:
            print(f'{row}: tracing allocates more than its header does')
            worse = 1
    return worse if set(by_row) == set(ROWS) else 1


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
