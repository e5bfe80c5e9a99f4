# SPDX-License-Identifier: Apache-2.0
"""Where and with what was measured."""

import os
import platform
import re
import subprocess

from runner.peers import HERE


def _first_line(*command):
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip().split('\n')[0] if done.returncode == 0 else None


def _found(path, pattern):
    try:
        with open(path, encoding='utf-8') as file:
            match = re.search(pattern, file.read(), re.MULTILINE)
    except OSError:
        return None
    return match.group(1).strip() if match else None


def load():
    return os.getloadavg()[0]


def processor():
    """Its name, and what tells it from others of that name."""
    name = _found('/proc/cpuinfo', r'^(?:model name|Model)\s*:\s*(.*)$') or platform.machine()
    numbers = [(what, _found('/proc/cpuinfo', rf'^{key}\s*:\s*(.*)$'))
               for what, key in (('family', 'cpu family'), ('model', 'model'), ('part', 'CPU part'))]
    return ' '.join([name, *(f'{what} {number}' for what, number in numbers if number)])


def system():
    name = _found('/etc/os-release', r'^PRETTY_NAME="?([^"\n]*)') or platform.system()
    return f'{name}, Linux {platform.release()}'


def versions(folder, peers):
    """Pairs of what and which, for the tools and the peers that took part."""
    cache = os.path.join(folder, 'CMakeCache.txt')
    compiler = _found(cache, r'^CMAKE_CXX_COMPILER:\w+=(.*)$') or 'c++'
    yield 'compiler', f'{_first_line(compiler, "--version")}, {_found(cache, r"^CMAKE_BUILD_TYPE:.*=(.*)$")}'
    yield 'librdkafka', _first_line('pkg-config', '--modversion', 'rdkafka')
    if 'brave' in peers:
        pom = os.path.join(HERE, 'peers', 'brave', 'pom.xml')
        yield 'Brave', ', '.join(f'{what} {_found(pom, f"<{key}.version>(.*)</")}' for what, key in (
            ('brave', 'brave'), ('zipkin-reporter', 'reporter'), ('kafka-clients', 'kafka'), ('JMH', 'jmh')))
        yield 'Java', _first_line('java', '-version')
    if 'fastrace' in peers:
        manifest = os.path.join(HERE, 'peers', 'fastrace', 'Cargo.toml')
        yield 'fastrace', _found(manifest, r'^fastrace = .*"=?([\d.]+)"')
        yield 'Rust', _first_line('rustc', '--version')
    if 'otel_cpp' in peers:
        yield 'opentelemetry-cpp', _found('/usr/include/opentelemetry/version.h',
                                          r'^#define OPENTELEMETRY_VERSION "(.*)"')
    if 'go' in peers:
        module = os.path.join(HERE, 'peers', 'zipkin_go', 'go.mod')
        yield 'zipkin-go', _found(module, r'zipkin-go (v\S+)')
        yield 'Go', _first_line('go', 'version')
