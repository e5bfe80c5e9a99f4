#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""header_ways.py PROGRAM MESSAGES ROUNDS: what a message takes by how its trace header is given to librdkafka.

PROGRAM is edgespan_whole. Prints the medians of the rounds, in which all ways take turns, as whole/HEADERS.md has them.
Fails where a way of one header allocates another number than three times.
"""

import os
import statistics
import subprocess
import sys

TITLES = {
    'none': 'no header', 'argument': '`RD_KAFKA_V_HEADER`', 'list': '`RD_KAFKA_V_HEADERS`, room for 1',
    'list_room': '`RD_KAFKA_V_HEADERS`, room for 8', 'list_no_room': '`RD_KAFKA_V_HEADERS`, room for 0',
    'copy': '`rd_kafka_headers_copy` of one that was prepared, the value written into it',
    'interceptor': '`on_send` sets a list with room for 1', 'argument_set': '3 x `RD_KAFKA_V_HEADER` (X-B3)',
    'list_set': '`RD_KAFKA_V_HEADERS` with 3 (X-B3)'}
ONE_HEADER = ('argument', 'list', 'list_room', 'list_no_room', 'copy', 'interceptor')


def measure(program, messages, rounds):
    """{way: a list of (caller's ns, process's ns, allocations, bytes on the wire)}"""
    taken = {way: [] for way in TITLES}
    # It ends when its stdin does, so it cannot outlive this process.
    with subprocess.Popen([program, 'peer'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        try:
            brokers, _ = peer.stdout.readline().split()
            for _ in range(rounds):
                done = subprocess.run([program, 'ways', brokers, str(messages)], stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, text=True, timeout=600, check=True)
                for line in done.stdout.splitlines():
                    way, *numbers = line.split()
                    taken[way].append(tuple(map(float, numbers)))
        finally:
            peer.stdin.close()
    return taken


def main(program, messages, rounds):
    taken = measure(program, int(messages), int(rounds))
    medians = {way: [statistics.median(column) for column in zip(*lines)] for way, lines in taken.items()}
    bare = medians['none']
    print('| how | caller, ns | process, ns | allocations | on the wire, B |\n|---|--:|--:|--:|--:|')
    wrong = 0
    for way, figures in medians.items():
        cells = [f'{value:,.0f}' for value in figures]
        if way != 'none':
            cells = [f'{cell} (+{value - less:,.0f})' for cell, value, less in zip(cells, figures, bare)]
            if way in ONE_HEADER and abs(figures[2] - bare[2] - 3) > 0.25:
                print(f'{TITLES[way]}: allocates {figures[2] - bare[2]:.2f} times, not 3', file=sys.stderr)
                wrong = 1
        print(f'| {TITLES[way]} | ' + ' | '.join(cells) + ' |')
    return wrong


if __name__ == '__main__':
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
