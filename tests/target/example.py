#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: example.py PROTOC SCHEMA COMMAND...

Runs the example on an emulated board (COMMAND), takes what comes out of its UART, lets protoc decode it by Zipkin's
SCHEMA, and compares it with what the board says of itself: every span is there or was counted as dropped.
"""

import ast
import collections
import os
import re
import subprocess
import sys
import tempfile

START_OF_2040_US = 2_208_988_800_000_000
MADE = ('control', 'move-valve', 'sample')


def check(holds, what):
    if not holds:
        sys.exit(f'example: {what}')


def run(command, wire):
    board = subprocess.run(command + ['-serial', f'file:{wire}'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           timeout=100, check=False)
    said = board.stdout.decode()
    check(board.returncode == 0, f'exit status {board.returncode} of the board, which says:\n{said}')
    return {name: int(number) for name, number in (line.split() for line in said.splitlines())}


def decode(protoc, schema, wire):
    with open(wire, 'rb') as file:
        text = subprocess.run([protoc, '--decode=zipkin.proto3.ListOfSpans', '-I', os.path.dirname(schema), schema],
                              stdin=file, stdout=subprocess.PIPE, check=True).stdout.decode()
    spans = []
    for body in re.findall(r'^spans \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL):
        # The span's own fields are indented once; endpoints and tags twice.
        span = dict(re.findall(r'^  (\w+): (.*)$', body, re.MULTILINE))
        for field in ('trace_id', 'parent_id', 'id', 'name'):
            span[field] = ast.literal_eval('b' + span[field]) if field in span else b''
        span['name'] = span['name'].decode()
        span['tags'] = dict(re.findall(r'key: "(.*)"\n +value: "(.*)"', body))
        span['services'] = re.findall(r'service_name: "(.*)"', body)
        spans.append(span)
    return spans


def main():
    protoc, schema, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    with tempfile.TemporaryDirectory() as folder:
        wire = os.path.join(folder, 'wire')
        books = run(command, wire)
        spans = decode(protoc, schema, wire)
        wire_bytes = os.path.getsize(wire)

    check(sum(books[name] for name in MADE) == books['finished'], f'made and finished differ: {books}')
    check(books['finished'] == books['delivered'] + books['dropped'], f'the books do not balance: {books}')
    check(books['delivered'] == len(spans), f'{len(spans)} spans on the wire, delivered {books["delivered"]}')
    check(books['bytes_delivered'] == wire_bytes, f'{wire_bytes} bytes on the wire: {books}')
    check(books['dropped'] > 0, 'nothing was dropped while the wire was unplugged')

    seen = collections.Counter(span['name'] for span in spans)
    check(set(seen) == set(MADE) and all(0 < seen[name] <= books[name] for name in MADE), f'names: {seen}, {books}')
    check(len({span['id'] for span in spans}) == len(spans), 'an id came twice')
    by_id = {span['id']: span for span in spans}
    for span in spans:
        check(len(span['id']) == 8 and len(span['trace_id']) == 16 and any(span['id']), f'ids of {span}')
        check(span['services'][0] == 'pump-controller', f'local service of {span}')
        check(0 <= int(span['timestamp']) - START_OF_2040_US < 60_000_000, f'time of {span}')
        check(int(span['duration']) >= 1, f'duration of {span}')
        check(bool(span['parent_id']) == (span['name'] == 'move-valve'), f'parent of {span}')
        parent = by_id.get(span['parent_id'])
        check(parent is None or parent['trace_id'] == span['trace_id'] and parent['name'] == 'control', f'{span}')
    check(all(span['services'][1:] == ['valve'] for span in spans if span['name'] == 'move-valve'), 'remote service')
    steps = [int(span['tags']['step']) for span in spans if span['name'] == 'control']
    check(steps == sorted(set(steps)) and steps[0] == 0 and steps[-1] == books['control'] - 1, 'order of the steps')
    print(f'{len(spans)} spans in {wire_bytes} bytes, {books["dropped"]} dropped: {dict(seen)}')


if __name__ == '__main__':
    main()
