# SPDX-License-Identifier: Apache-2.0
"""A copy of the sources and a build folder a subject, in which one change at a time is built and tested.

The user's own files are never changed. A test program that is byte for byte that of the unchanged sources needs no
run: the change lies in code that this machine does not compile, or means the same to the compiler.
"""

import hashlib
import os
import re
import resource
import shutil
import subprocess
import time

COPIED = ('CMakeLists.txt', 'CMakePresets.json', 'agent', 'boards', 'port', 'tests', 'toolchains')
MEMORY_BYTES_MAX = 4 << 30  # a change may make a test ask for memory for ever
WAIT_S_MIN = 20
# What notices a change while it compiles. Anything else that fails to compile is no program.
STATIC = re.compile(r'error: (?:static assertion failed|non-constant condition for static assertion)'
                    r'|/tests/\S+ error: .*constant')


class Broken(Exception):
    """The unchanged sources do not build, or do not pass."""


def _limits():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def _update(source, target):
    """Copies what differs, so that the time of the rest stays."""
    os.makedirs(target, exist_ok=True)
    wanted = {name for name in os.listdir(source) if name != '__pycache__'}
    for name in set(os.listdir(target)) - wanted:
        path = os.path.join(target, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    for name in wanted:
        _update_one(os.path.join(source, name), os.path.join(target, name))


def _update_one(ours, theirs):
    if os.path.isdir(ours):
        _update(ours, theirs)
    elif not os.path.exists(theirs) or _digest(ours) != _digest(theirs):
        shutil.copyfile(ours, theirs)
        shutil.copymode(ours, theirs)


class Workshop:
    def __init__(self, root, folder, subject, jobs):
        self.source, self.build = os.path.join(folder, 'source'), os.path.join(folder, subject.name)
        self.subject, self.jobs, self.digests, self.waits = subject, jobs, {}, {}
        self.log = os.path.join(folder, 'build.log')
        os.makedirs(self.source, exist_ok=True)
        for name in COPIED:
            _update_one(os.path.join(root, name), os.path.join(self.source, name))

    def _programs(self):
        """(CMake's target, its program, the runs of it that notice a change)"""
        tests = ','.join(f'[#{test}]' for test in self.subject.tests)
        yield 'edgespan_unit_tests', 'tests/unit/edgespan_unit_tests', [('-#', tests, '--abort')]
        if self.subject.worlds:
            yield 'edgespan_sim_runner', 'tests/sim/edgespan_sim', [(world,) for world in self.subject.worlds]

    def _run(self, command, **more):
        with open(self.log, 'w', encoding='utf-8') as log:
            return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False,
                                  **more).returncode

    def _said(self):
        with open(self.log, encoding='utf-8', errors='replace') as log:
            return log.read()

    def _make(self, target, environment):
        return self._run(('cmake', '--build', self.build, '--target', target, f'-j{self.jobs}'), env=environment) == 0

    def prepare(self):
        """Builds and runs the unchanged sources."""
        only = f'({"|".join(self.subject.tests)})$'
        # Without symbols the linker takes half the time.
        options = {'CMAKE_BUILD_TYPE': 'Debug', 'CMAKE_CXX_FLAGS': '-O0 -g0', 'CMAKE_EXE_LINKER_FLAGS': '-s',
                   'EDGESPAN_WERROR': 'OFF',
                   'EDGESPAN_UNIT_TESTS': only, 'EDGESPAN_TLS': 'OFF', 'EDGESPAN_BUILD_CLI': 'OFF'}
        command = ['cmake', '-S', self.source, '-B', self.build, '-G', 'Ninja']
        if self._run(command + [f'-D{name}={value}' for name, value in options.items()]) != 0:
            raise Broken(self._said())
        for target, program, runs in self._programs():
            if not self._make(target, os.environ):
                raise Broken(self._said())
            self.digests[program] = _digest(os.path.join(self.build, program))
            for run in runs:
                began = time.monotonic()
                if self._run((os.path.join(self.build, program), *run), preexec_fn=_limits, timeout=900) != 0:
                    raise Broken(self._said())
                self.waits[run] = max(WAIT_S_MIN, 10 * (time.monotonic() - began))

    def try_one(self, mutant, text):
        """(`killed`, `survived`, `stillborn` or `same`, what killed it)"""
        path = os.path.join(self.source, mutant.path)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(mutant.applied(text))
        try:
            return self._judge()
        finally:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)

    def _judge(self):
        environment = {**os.environ, 'CCACHE_DISABLE': '1'}  # nobody compiles this again
        changed = False
        for target, program, runs in self._programs():
            if not self._make(target, environment):
                return ('killed', 'the compiler') if STATIC.search(self._said()) else ('stillborn', '')
            if _digest(os.path.join(self.build, program)) == self.digests[program]:
                continue
            changed = True
            for run in runs:
                killer = self._fails(program, run)
                if killer:
                    return 'killed', killer
        return ('survived' if changed else 'same'), ''

    def _fails(self, program, run):
        """What noticed the change, or nothing."""
        name = os.path.basename(program)
        try:
            code = self._run((os.path.join(self.build, program), *run), preexec_fn=_limits, timeout=self.waits[run])
        except subprocess.TimeoutExpired:
            return f'{name}: no end'
        if code == 0:
            return ''
        found = re.search(r'^\S*?(\w+\.[ch]pp:\d+): FAILED', self._said(), re.MULTILINE)
        return found.group(1) if found else f'{name} {run[0]}: {code}'
