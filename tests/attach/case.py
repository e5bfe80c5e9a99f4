# SPDX-License-Identifier: Apache-2.0
"""The base of every test that traces a program: a broker and a collector, and the plugin's file."""

import collections
import os
import shutil
import subprocess
import time
import unittest

Span = collections.namedtuple('Span', 'name kind service trace parent id topic key error us')
Ended = collections.namedtuple('Ended', 'code out err')


class Case(unittest.TestCase):
    """PLUGIN, WORLD and CLIENT of the environment are the files that are tested."""
    topics = 0
    empty = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'empty.ini')

    @classmethod
    def setUpClass(cls):
        cls.plugin, cls.client = os.environ['PLUGIN'], os.environ['CLIENT']
        cls.world = subprocess.Popen([os.environ['WORLD']], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.brokers, cls.url = cls.world.stdout.readline().split()

    @classmethod
    def tearDownClass(cls):
        cls.world.stdin.close()
        cls.world.wait(30)
        cls.world.stdout.close()

    def setUp(self):
        Case.topics += 1
        self.topic = f'topic{Case.topics}'
        self.ask(self.topic)

    def lines(self, command):
        self.world.stdin.write(command + '\n')
        self.world.stdin.flush()
        lines = []
        for line in self.world.stdout:
            if line == '\n':
                return lines
            lines.append(line)
        raise AssertionError('the broker is gone')

    def ask(self, command):
        return [Span(*(None if word == '-' else word for word in line.split())) for line in self.lines(command)]

    def spans(self, count):
        """The spans that came; waits for as many as are wanted, and a little for one too many."""
        found, last = [], time.monotonic() + 20
        while time.monotonic() < last:
            found += self.ask('spans')
            if len(found) >= count:
                break
            time.sleep(0.05)
        found += self.ask('spans')
        self.assertEqual(count, len(found), found)
        return found

    def spans_so_far(self, least):
        """All spans that came, once there are so many and no more come for half a second."""
        found, last = [], time.monotonic() + 20
        while time.monotonic() < last:
            more = self.ask('spans')
            if not more and len(found) >= least:
                break
            found += more
            time.sleep(0.5)
        return found

    def settings(self, **made):
        """An environment in which nothing but these settings is made."""
        env = {name: value for name, value in os.environ.items() if not name.startswith(('EDGESPAN_', 'OTEL_'))}
        env['EDGESPAN_CONFIG'] = self.empty
        made = {'url': self.url, 'sample': 'always', 'service_name': 'attached', **made}
        env.update({'EDGESPAN_' + name.upper(): value for name, value in made.items()})
        return env

    def run_program(self, *command, env=None, **more):
        done = subprocess.run(command, env=env or self.settings(), capture_output=True, text=True, timeout=60,
                              check=False, **more)
        return Ended(done.returncode, done.stdout, done.stderr)

    def messages(self):
        """All messages of the topic, `key=value` a line, as a client without the plugin takes them."""
        ended = self.run_program(self.client, 'all', self.brokers, self.topic, 'group.id=g',
                                 'enable.partition.eof=true')
        self.assertEqual((0, ''), (ended.code, ended.err), ended)
        return ended.out

    def preload(self, **made):
        return {**self.settings(**made), 'LD_PRELOAD': self.plugin}

    def need(self, program):
        """A program of the system's packages; where all must be there (ATTACH_ALL) its lack is a failure."""
        if shutil.which(program, path='/usr/sbin:/usr/bin:/sbin:/bin'):
            return
        if os.environ.get('ATTACH_ALL'):
            self.fail(f'{program} is not installed')
        self.skipTest(f'{program} is not installed')
