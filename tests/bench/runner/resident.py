#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""resident.py PROGRAM RECORDS: fails if the agent takes more memory than rows.ini allows.

PROGRAM is edgespan_resident. A process with a producer and a consumer runs with and without the agent; broker and
collector are another process, so that their memory does not count.
"""

import os
import subprocess
import sys

if __name__ == '__main__':
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from runner import bars, rows, samples  # noqa: E402

ROWS = ('resident_idle', 'private_idle', 'resident_busy', 'private_busy')
RECORDS = 200_000  # as the titles of those rows say


def _part(program, *arguments):
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                          timeout=300, check=False)
    if done.returncode != 0:
        raise RuntimeError(f'{program} {" ".join(arguments)}: exit code {done.returncode}')
    return [int(kib) for kib in done.stdout.split()]


def measure(program, records):
    """Figures of the process with the agent, and of the one without as its base."""
    # It ends when its stdin does, so it cannot outlive this process.
    with subprocess.Popen([program, 'peer'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        try:
            brokers, collector = peer.stdout.readline().split()
            plain = _part(program, 'plain', brokers, str(records))
            traced = _part(program, 'traced', brokers, collector, str(records))
        finally:
            peer.stdin.close()
    for row, with_agent, without in zip(ROWS, traced, plain):
        yield samples.Figure(f'{row}/edgespan', with_agent)
        yield samples.Figure(f'{row}/edgespan_base', without)


def main(program, records):
    figures = list(measure(program, int(records)))
    for figure in figures:
        print(f'{figure.name}: {figure.value:,} KiB')
    taken = samples.Samples()
    taken.add_round(figures)
    known = rows.load()
    missed = [verdict for verdict in bars.judge([known[name] for name in ROWS], taken) if not verdict.holds]
    for verdict in missed:
        print(f'{verdict.row}: the agent takes {verdict.measured:,.0f} KiB; it may take {verdict.text}')
    return 1 if missed else 0


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
