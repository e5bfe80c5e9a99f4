#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much stack each public call of the agent takes at worst, and that no application call takes more than it may.

usage: stack.py COMPILE_COMMANDS [--limit BYTES]

Compiles core, http and kafka once more, as they are built, with gcc's -fcallgraph-info=su, and adds up frames along
the deepest path from each public call. A path ends where the agent calls out: into librdkafka, the C library,
or through a table of functions that a port or the application brought. The table names those boundaries: what lies
behind them comes on top. One path goes on: a produce call of librdkafka runs the agent's interceptors before it
returns, so theirs are added to the frames that wait for it.
"""

import concurrent.futures
import glob
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

LIMIT_BYTES = 1024  # of a call on an application's thread
SOURCES = re.compile(r'/agent/(core|http|kafka)/[^/]+\.cpp$')
PRODUCT = re.compile(r' -o agent/')  # tests compile some of them once more, with atomics of their own
# Calls that an application makes on threads of its own, at any time.
APPLICATION = re.compile(
    r'edgespan::(?:Span|Scope|ConsumerBatch|ConsumerRecord|TracingConsumer|TracingProducer)::'
    r'|edgespan::Tracing::(?:span|child|open|enable|enabled|books)\('
    r'|edgespan::KafkaTracing::(?:next_span|scope)\('
    r'|edgespan::kafka_detail::(?:message_sent|message_ended|message_consumed|record_refused)\('
    r'|edgespan::(?:current|log_ids|b3_\w+)\(|edgespan::B3Headers::|edgespan::TraceIdSampler::|edgespan::RateSampler::')
# Once, at start, or on the reporter's thread: in the table, with no limit here.
OTHER = re.compile(r'edgespan::(?:Tracing|KafkaTracing|Reporter|HttpSender)::\w+\(|edgespan::constrain\(')
# What librdkafka runs inside such a call of its own, on the same stack: both when the message is refused late.
CALLED_BACK = [(re.compile(r'rd_kafka_produce'),
                re.compile(r'edgespan::kafka_detail::\(anonymous namespace\)::on_(?:send|acknowledgement)\('))]
# Functions that are called through a table of the agent's own, by the name of the caller.
OWN_TABLES = [(re.compile(r'edgespan::detail::new_(?:root|child)\('), re.compile(r'/core/sampler\.cpp:'))]

NODE = re.compile(r'node: \{ title: "(?P<name>[^"]+)" label: "(?P<label>[^"]*)"(?P<rest>[^}]*)\}')
EDGE = re.compile(r'edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')


class Graph:
    def __init__(self):
        self.bytes, self.calls, self.place, self.unbounded = {}, {}, {}, []
        self.worst_of = {}

    def read(self, text):
        for node in NODE.finditer(text):
            label = node['label'].split('\\n')
            used = next((re.match(r'(\d+) bytes \((.+)\)', part) for part in label if ' bytes (' in part), None)
            if used is None:
                continue
            self.bytes[node['name']] = int(used.group(1))
            self.place[node['name']] = next((part for part in label if re.search(r':\d+:\d+$', part)), '')
            if used.group(2) == 'dynamic':
                self.unbounded.append(node['name'])
        for source, target in EDGE.findall(text):  # complete constructors are aliases of the base's
            self.calls.setdefault(source, set()).add(re.sub(r'([CD])1(E)', r'\g<1>2\2', target))

    def worst(self, name, path=()):
        """(bytes, boundaries) of the deepest path from `name`."""
        if name in self.worst_of:
            return self.worst_of[name]
        if name in path:
            sys.exit('recursion: ' + ' -> '.join(path + (name,)))
        if name not in self.bytes:
            return 0, {name}
        deepest, boundaries = 0, set()
        for callee in self.calls.get(name, ()):
            size, reached = self.worst(callee, path + (name,))
            deepest, boundaries = max(deepest, size), boundaries | reached
        self.worst_of[name] = self.bytes[name] + deepest, boundaries
        return self.worst_of[name]


def demangle(names):
    """By name as the graph has it; local functions come as `file:name`."""
    plain = [name.rsplit(':', 1)[-1] for name in names]
    shown = subprocess.run(['c++filt'], input='\n'.join(plain), check=True, capture_output=True, text=True).stdout
    return dict(zip(names, shown.splitlines()))


def compile_one(entry, folder, number):
    words = shlex.split(entry['command'])
    words = words[next(i for i, word in enumerate(words) if re.search(r'(?:\+\+|cc)(?:-\d+)?$', word)
                       and 'ccache' not in word):]
    words[words.index('-o') + 1] = os.path.join(folder, f'{number}.o')
    subprocess.run(words + ['-fcallgraph-info=su', '-w'], cwd=entry['directory'], check=True)


def graph_of(commands):
    entries = [entry for entry in json.load(open(commands, encoding='utf-8'))
               if SOURCES.search(entry['file']) and PRODUCT.search(entry['command'])]
    graph = Graph()
    with tempfile.TemporaryDirectory() as folder:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for done in [pool.submit(compile_one, entry, folder, i) for i, entry in enumerate(entries)]:
                done.result()
        for path in glob.glob(os.path.join(folder, '*.ci')):
            with open(path, encoding='utf-8') as file:
                graph.read(file.read())
    return graph


def link_own_tables(graph, names):
    for caller, callee in OWN_TABLES:
        targets = {name for name in graph.bytes if callee.search(graph.place[name])}
        for name in graph.bytes:
            if caller.search(names[name]) and '__indirect_call' in graph.calls.get(name, ()):
                graph.calls[name] |= targets


def link_called_back(graph, names):
    """Makes functions of librdkafka nodes without a frame; each still ends a path as well."""
    for outside, inside in CALLED_BACK:
        callers = {name for called in graph.calls.values() for name in called if outside.match(name)}
        targets = {name for name, shown in names.items() if inside.match(shown)}
        if callers and len(targets) < 2:  # a build without the wrapper has neither
            sys.exit(f'{inside.pattern}: librdkafka is to call back two functions, found: {sorted(targets)}')
        for name in callers:
            graph.bytes[name] = 0
            graph.calls[name] = targets | {name + ' itself'}


def boundary_names(boundaries):
    shown = set()
    for name in boundaries:
        if name == '__indirect_call':
            shown.add('a table')
        elif name.startswith('rd_kafka'):
            shown.add('librdkafka')
        elif not re.match(r'__builtin|mem|str|bcmp', name):
            shown.add(name)
    return ', '.join(sorted(shown)) or '-'


def short(signature):
    return re.sub(r'\(.*$', '', signature).replace('edgespan::', '').replace('(anonymous namespace)::', '')


def worst_of_calls(commands):
    """{(start-up or reporter, call): (bytes, boundaries)}, and the functions without a bound."""
    graph = graph_of(commands)
    names = demangle(list(graph.bytes))
    link_own_tables(graph, names)
    link_called_back(graph, names)
    rows = {}
    for name, signature in names.items():
        bounded = bool(APPLICATION.match(signature))
        if bounded or OTHER.match(signature):
            size, boundaries = graph.worst(name)
            rows.setdefault((not bounded, short(signature)), []).append((size, boundary_names(boundaries)))
    return {call: max(values) for call, values in rows.items()}, [names[name] for name in graph.unbounded]


def main():
    commands = sys.argv[1]
    limit = int(sys.argv[sys.argv.index('--limit') + 1]) if '--limit' in sys.argv else LIMIT_BYTES
    rows, unbounded = worst_of_calls(commands)
    print(f'{"bytes":>6}  {"call":<34}  ends at')
    over = []
    for (free, call), (size, boundaries) in sorted(rows.items(), key=lambda row: (row[0][0], -row[1][0])):
        print(f'{size:>6}  {call:<34}  {boundaries}{"  (start-up or reporter)" if free else ""}')
        if not free and size > limit:
            over.append(call)
    found = sum(not free for free, _ in rows)
    if rows[False, 'TracingProducer::send'] <= rows[False, 'kafka_detail::message_sent']:
        sys.exit('send does not hold what librdkafka calls back')
    for name in unbounded:
        print(f'{name}: its stack has no bound')
    for call in over:
        print(f'{call}: more than {limit} bytes')
    print(f'{found} application calls, {len(over)} over {limit} bytes, {len(unbounded)} without a bound')
    return 1 if over or unbounded or found < 20 else 0


if __name__ == '__main__':
    sys.exit(main())
