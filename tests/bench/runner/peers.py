# SPDX-License-Identifier: Apache-2.0
"""The programs that measure: how each is built, asked and read. Every peer is a class with the same three members:
`missing()` names the tools that it lacks here, `build()` makes it, `measure(rows, ms)` gives its figures."""

import json
import os
import re
import shutil
import subprocess
import zlib

from runner import plugin, resident, whole
from runner.samples import Figure

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(HERE))


class BuildError(Exception):
    """What was run, and what it printed."""


def _run(command, **options):
    """Runs a build step; its output is shown only if it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, **options)
    if done.returncode != 0:
        raise BuildError(f'this failed: {" ".join(command)}\n{done.stdout}')


def _ask(command, **options):
    """Runs a program that measures and returns its stdout; what it says on stderr is for the reader, unless `options`
    keep it, and then for whoever reads of a failure."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False, **options)
    if done.returncode != 0:
        said = f'{done.stdout}{done.stderr or ""}'
        raise BuildError(f'this failed with exit code {done.returncode}: {" ".join(command)}\n{said}')
    return done.stdout


def _missing(*tools):
    return [tool for tool in tools if shutil.which(tool) is None]


def _figures(lines):
    """Reads one JSON object a line."""
    for line in lines.splitlines():
        got = json.loads(line)
        yield Figure(got['name'], got['value'], got.get('allocs'), got.get('bytes'))


def _either(names):
    return '|'.join(map(re.escape, names))


class Edgespan:
    """edgespan, its floor and the plain client: Google Benchmark, and the processes whose memory is measured."""
    title = 'edgespan and its floor'

    def __init__(self, folder, kafka=False):
        self._folder = folder
        self._kafka = kafka

    def missing(self):
        return _missing('cmake', 'ninja', 'c++', *(('java', 'javac', 'mvn') if self._kafka else ()))

    def build(self):
        if not os.path.exists(os.path.join(self._folder, 'build.ninja')):
            launcher = ['-DCMAKE_CXX_COMPILER_LAUNCHER=ccache'] if shutil.which('ccache') else []
            _run(['cmake', '-S', ROOT, '--preset', 'bench', '-B', self._folder, *launcher])
        _run(['cmake', '--build', self._folder, '--target', 'edgespan_bench', 'edgespan_resident', 'edgespan_rdkafka',
              'edgespan_bench_plugin', 'edgespan_whole'])

    def measure(self, rows, ms):
        turns = 5  # of each benchmark in a round, mixed, so that a neighbour's burst does not hit one alone
        program = os.path.join(self._folder, 'tests', 'bench', 'edgespan_bench')
        printed = _ask([program, f'--benchmark_filter=^({_either(rows)})/', f'--benchmark_min_time={ms / turns / 1000}',
                        f'--benchmark_repetitions={turns}', '--benchmark_enable_random_interleaving=true',
                        '--benchmark_report_aggregates_only=true', '--benchmark_format=json'], stderr=subprocess.PIPE)
        figures = list(google_figures(printed))
        if set(rows) & set(resident.ROWS):
            program = os.path.join(self._folder, 'tests', 'bench', 'resident', 'edgespan_resident')
            figures += resident.measure(program, resident.RECORDS)
        if set(rows) & set(whole.ROWS):
            program = os.path.join(self._folder, 'tests', 'bench', 'whole', 'edgespan_whole')
            figures += whole.measure(program, whole.MESSAGES)
        if self._kafka and set(rows) & set(whole.KAFKA_ROWS):
            program = os.path.join(self._folder, 'tests', 'bench', 'whole', 'edgespan_whole')
            figures += whole.measure_with_kafka(program, whole.MESSAGES, os.path.join(ROOT, 'build', 'interop'))
        return [figure for figure in figures if figure.name.split('/')[0] in rows]


def google_figures(printed):
    """Google Benchmark's JSON, the medians of it. It prints nothing at all if the filter leaves nothing."""
    scale = {'ns': 1, 'us': 1e3, 'ms': 1e6, 's': 1e9}
    for run in json.loads(printed)['benchmarks'] if printed.strip() else ():
        if run.get('error_occurred'):
            raise BuildError(f'{run["name"]}: {run.get("error_message")}')
        if run.get('aggregate_name') != 'median':
            continue
        name = '/'.join(run['run_name'].split('/')[:2])
        # A time of its own, where a benchmark takes one; else processor time, which a busy machine bends least.
        time = 'real_time' if '/manual_time' in run['run_name'] else 'cpu_time'
        value = run['value'] if 'value' in run else run[time] * scale[run['time_unit']]
        yield Figure(name, value, run.get('allocs'), run.get('bytes'))


class Plugin:
    """Programs that nobody compiled for edgespan, which its plugin traces. The build is Edgespan's."""
    title = 'programs with the plugin'

    def __init__(self, folder):
        self._folder = folder

    def missing(self):
        return plugin.missing()

    def build(self):
        pass

    def measure(self, rows, ms):
        return list(plugin.measure(self._folder, rows, ms)) if set(rows) & set(plugin.ROWS) else []


class Brave:
    """Brave 6 and its Kafka instrumentation, by JMH."""
    title = 'Brave'
    rows = ('b3_parse', 'b3_write', 'extract_single', 'extract_multi', 'extract_none', 'span_2tags', 'send_sampled',
            'send_unsampled', 'poll_record', 'poll_next_span', 'drain', 'span_bytes')
    source = os.path.join(HERE, 'peers', 'brave')

    def __init__(self, folder):
        self._folder = os.path.join(folder, 'brave')

    def missing(self):
        return _missing('java', 'javac', 'mvn')

    def build(self):
        # Maven costs seconds even if there is nothing to do.
        stamp = os.path.join(self._folder, 'built')
        wanted = _checksum(self.source)
        if _content(stamp) == wanted:
            return
        shutil.rmtree(self._folder, ignore_errors=True)
        os.makedirs(self._folder)
        maven = ['mvn', '-q', '-B', '-Dstyle.color=never', '-f', os.path.join(self.source, 'pom.xml'),
                 f'-Dbench.dir={self._folder}', 'compile']
        try:
            _run(maven)
        except BuildError:
            _run(['mvn', '-o', *maven[1:]])  # with what Maven already has
        with open(stamp, 'w', encoding='utf-8') as file:
            file.write(wanted)

    def measure(self, rows, ms):
        wanted = [row for row in rows if row in self.rows]
        if not wanted:
            return []
        path = f'{self._folder}/target/classes{os.pathsep}{self._folder}/lib/*'
        return list(_figures(_ask(['java', '-cp', path, 'edgespan.bench.Main', '|'.join(wanted), str(ms)])))


class Go:
    """zipkin-go."""
    title = 'zipkin-go'
    source = os.path.join(HERE, 'peers', 'zipkin_go')

    def __init__(self, folder):
        self._program = os.path.join(folder, 'zipkin_go')

    def missing(self):
        return _missing('go')

    def build(self):
        _run(['go', 'build', '-o', self._program, '.'], cwd=self.source)

    def measure(self, rows, ms):
        return list(_figures(_ask([self._program, '|'.join(rows), str(ms)])))


class Fastrace:
    """fastrace, the fastest tracer of Rust that is known to us."""
    title = 'fastrace'
    rows = ('span_root', 'span_root_all', 'trace_100', 'trace_100_all')
    source = os.path.join(HERE, 'peers', 'fastrace')

    def __init__(self, folder):
        self._folder = os.path.join(folder, 'fastrace')

    def missing(self):
        return _missing('cargo', 'rustc')

    def build(self):
        cargo = ['cargo', 'build', '--quiet', '--release', '--locked', '--target-dir', self._folder]
        try:
            _run(cargo, cwd=self.source)
        except BuildError:
            _run([*cargo, '--offline'], cwd=self.source)  # with what cargo already has

    def measure(self, rows, ms):
        wanted = [row for row in rows if row in self.rows]
        if not wanted:
            return []
        program = os.path.join(self._folder, 'release', 'bench')
        return list(_figures(_ask([program, '|'.join(wanted), str(ms)])))


class OtelCpp:
    """opentelemetry-cpp's SDK, where the system has its package."""
    title = 'opentelemetry-cpp'
    rows = ('span_root', 'span_root_all', 'trace_100', 'trace_100_all')
    source = os.path.join(HERE, 'peers', 'otel_cpp')
    header = 'opentelemetry/sdk/trace/tracer_provider.h'

    def __init__(self, folder):
        self._folder = os.path.join(folder, 'otel_cpp')

    def missing(self):
        folders = ('/usr/include', '/usr/local/include')
        there = any(os.path.exists(os.path.join(folder, self.header)) for folder in folders)
        return _missing('cmake', 'ninja', 'c++') if there else [self.header]

    def build(self):
        _run(['cmake', '-S', self.source, '-B', self._folder, '-G', 'Ninja'])
        _run(['cmake', '--build', self._folder])

    def measure(self, rows, ms):
        wanted = [row for row in rows if row in self.rows]
        if not wanted:
            return []
        return list(_figures(_ask([os.path.join(self._folder, 'bench'), '|'.join(wanted), str(ms)])))


def _checksum(folder):
    total = 0
    for where, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            with open(os.path.join(where, name), 'rb') as file:
                total = zlib.crc32(file.read(), total)
    return f'{total:08x}'


def _content(path):
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except FileNotFoundError:
        return None
