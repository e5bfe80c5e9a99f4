#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""librdkafka inside its limits, measured: a gateway's process while its broker is away, and after.

usage: outage.py PROGRAM BROKER SECONDS

PROGRAM (outage.cpp, static) offers messages to BROKER (outage_broker.cpp), which runs in a process of its own, goes
away for SECONDS and comes back. Then: the agent allocated nothing (trap.cpp), the process stayed below 6 MiB,
librdkafka's heap, of both clients, below what rdkafka_memory.hpp promises for them, every accepted message was
delivered or reported as failed, every span has its place in the books, and messages arrive again.
"""

import http.server
import json
import signal
import subprocess
import sys
import threading

RESIDENT_KB_MAX = 6 * 1024


class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        self.send_response(202)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass


class Process:
    """Lines in, lines out; ended with this script, whatever happens."""

    def __init__(self, *command):
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()

    def line(self):
        line = self.child.stdout.readline().strip()
        if not line:
            sys.exit(f'{self.child.args[0]} ended early')
        return line

    def say(self, word):
        print(word, file=self.child.stdin, flush=True)


def trap_springs(program):
    """The program aborts where the agent's code allocates; what follows was watched, then."""
    child = subprocess.run([program, 'canary', '', '0'], stderr=subprocess.PIPE, text=True, check=False)
    return child.returncode == -signal.SIGABRT and child.stderr.startswith('edgespan allocated')


def phases(program, broker, seconds):
    collector = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    url = f'http://127.0.0.1:{collector.server_port}/api/v2/spans'
    with Process(broker) as cluster, Process(program, cluster.line(), url, seconds) as gateway:
        for word in ('down', 'up', ''):
            yield json.loads(gateway.line())
            if word:
                cluster.say(word)
                cluster.line()
                gateway.say(word)
        yield json.loads(gateway.line())
        if gateway.child.wait(60) != 0:
            sys.exit(f'{program} ended with {gateway.child.returncode}')


def problems(seen):
    load, down, up, end = (seen[name] for name in ('load', 'down', 'up', 'end'))
    if end['peak_kb'] > RESIDENT_KB_MAX:
        yield f'resident memory rose to {end["peak_kb"]} KiB'
    if end['heap_peak'] > end['heap_promised']:
        yield f'the heap rose to {end["heap_peak"]} bytes'
    if end['accepted'] != end['delivered'] + end['failed']:
        yield 'an accepted message was neither delivered nor reported'
    # A message has a span, but for refusals of which one span tells the number.
    spans_least = end['offered'] - end['refusals_folded']
    if not end['balanced'] or end['faults'] or end['finished'] < spans_least or end['sends_refused'] != end['refused']:
        yield 'the books of the spans do not add up'
    if not load['delivered'] or not load['consumed']:
        yield 'nothing moved before the outage'
    if not down['failed'] or not down['refused']:
        yield 'the broker was not away'
    if up['delivered'] <= down['delivered'] or end['consumed'] <= down['consumed']:
        yield 'nothing moved after the outage'


def main():
    if not trap_springs(sys.argv[1]):
        sys.exit('outage: the agent may allocate unseen')
    seen = {}
    for phase in phases(*sys.argv[1:4]):
        seen[phase['phase']] = phase
        print(json.dumps(phase), flush=True)
    wrong = list(problems(seen))
    for problem in wrong:
        print(f'outage: {problem}')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
