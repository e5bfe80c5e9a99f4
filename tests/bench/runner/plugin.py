# SPDX-License-Identifier: Apache-2.0
"""What the plugin costs programs that know nothing of it: one in C, kcat, and Python where it has confluent_kafka.

Bare, plain and traced take turns; the plain one gives every message the same headers, or looks at those that come, the
bare one does neither. Broker and collector are another process, so that their time does not count.
"""

import os
import resource
import shutil
import statistics
import subprocess

from runner.samples import Figure

ROWS = ('plugin_call', 'plugin_process', 'plugin_python_call', 'plugin_python_process', 'plugin_kcat_send',
        'plugin_kcat_take')
TOPIC, BARE_TOPIC = 'readings', 'readings-bare'  # of messages with headers, and without
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHON = '/usr/bin/python3'  # the system's, for which Debian has confluent_kafka
HEADERS = ('-H', 'b3=463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1',
           '-H', 'traceparent=00-463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-01')
LINES = 20_000


def missing():
    """What this machine lacks."""
    lacks = [] if shutil.which('kcat') else ['kcat']
    if subprocess.run([PYTHON, '-c', 'import confluent_kafka'], capture_output=True, check=False).returncode:
        lacks.append('python3-confluent-kafka')
    return lacks


def _environment(collector):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(('EDGESPAN_', 'OTEL_'))}
    return {**clean, 'EDGESPAN_URL': collector, 'EDGESPAN_SAMPLE': 'always', 'EDGESPAN_SERVICE_NAME': 'bench'}


def _own(command, messages, turns):
    """Figures that a program prints itself."""
    done = subprocess.run([*command, str(messages), str(turns)], stdout=subprocess.PIPE, text=True, check=True,
                          timeout=600)
    for line in done.stdout.splitlines():
        name, value = line.split()
        yield Figure(name, float(value))


def _process_ns(command, text, env):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, input=text, stdout=subprocess.DEVNULL, text=True, check=True, env=env, timeout=300)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e9


def _kcat(brokers, collector, plugin, turns):
    """A message's share of kcat's whole process, its start included."""
    kcat, bare = (['kcat', '-q', '-b', brokers, '-t', topic] for topic in (TOPIC, BARE_TOPIC))
    traced = ['-X', f'plugin.library.paths={plugin}']
    take, with_headers = ['-C', '-o', 'beginning', '-c', str(LINES)], ['-f', '%s %h\n']
    commands = {'plugin_kcat_send/bare': [*bare, '-P', '-K:'],
                'plugin_kcat_send/plain': [*kcat, '-P', '-K:', *HEADERS],
                'plugin_kcat_send/edgespan': [*kcat, *traced, '-P', '-K:'],
                'plugin_kcat_take/bare': [*bare, *take],
                'plugin_kcat_take/plain': [*kcat, *take, *with_headers],
                'plugin_kcat_take/edgespan': [*kcat, *traced, *take, *with_headers]}
    text = f'pump-00042:{"x" * 100}\n' * LINES
    found = {name: [] for name in commands}
    for number in range(turns):
        for name in sorted(commands, reverse=number % 2):
            given = text if '-P' in commands[name] else ''
            found[name].append(_process_ns(commands[name], given, _environment(collector)))
    for name, values in found.items():
        yield Figure(name, statistics.median(values) / LINES)


def measure(folder, rows, ms):
    """`folder`: of the build. `ms` is what a benchmark may take; here it decides how many messages are sent."""
    program = os.path.join(folder, 'tests', 'bench', 'resident', 'edgespan_resident')
    plugin = os.path.join(folder, 'libedgespan-rdkafka.so')
    messages, turns = (40_000, 5) if ms >= 300 else (5_000, 3)
    # It ends when its stdin does, so it cannot outlive this process.
    with subprocess.Popen([program, 'peer'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        try:
            brokers, collector = peer.stdout.readline().split()
            place = (brokers, TOPIC, collector, plugin)
            if {'plugin_kcat_send', 'plugin_kcat_take'} & set(rows):
                yield from _kcat(brokers, collector, plugin, turns)
            if {'plugin_call', 'plugin_process'} & set(rows):
                program = os.path.join(folder, 'tests', 'bench', 'plugin', 'edgespan_bench_plugin')
                yield from _own([program, *place], messages, turns)
            if {'plugin_python_call', 'plugin_python_process'} & set(rows):
                yield from _own([PYTHON, os.path.join(HERE, 'plugin', 'produce.py'), *place], messages, turns)
        finally:
            peer.stdin.close()
