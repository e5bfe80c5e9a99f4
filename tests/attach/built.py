# SPDX-License-Identifier: Apache-2.0
"""The base of tests of programs that are built for them: each sends a message, takes it again, and prints its key.

PROGRAMS: the folder of what is built.
"""

import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))


class Built:
    """For a class that inherits a Case, too. `programs`: what is built, and how each is run."""
    key = ''
    folder = os.environ['PROGRAMS']

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        os.makedirs(cls.folder, exist_ok=True)
        cls.build()

    @staticmethod
    def make(*command, **more):
        """A step of a build; its output appears if it fails."""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                              timeout=1_500, **more)
        if done.returncode:
            raise AssertionError(f'{command} ended with {done.returncode}:\n{done.stdout[-3000:]}')

    def run_built(self, command, *properties, env=None):
        return self.run_program(*command, self.brokers, self.topic, *properties, env=env)

    def assert_traced(self, command, *properties, env=None):
        """In a topic of its own: it takes what it has sent, in one trace, and ends as it does by itself."""
        self.topic += 'n'
        self.ask(self.topic)
        plain = self.run_built(command)
        self.assertEqual((0, self.key + '\n'), plain[:2], plain)
        self.topic += 'n'
        self.ask(self.topic)
        self.assertEqual(plain, self.run_built(command, *properties, env=env))
        sent, taken = sorted(self.spans(2), key=lambda span: span.kind, reverse=True)
        self.assertEqual(('PRODUCER', 'CONSUMER', self.key), (sent.kind, taken.kind, sent.key))
        self.assertEqual((sent.trace, sent.id), (taken.trace, taken.parent))

    def assert_traced_by_configuration(self, command):
        self.assert_traced(command, f'plugin.library.paths={self.plugin}')

    def assert_traced_both_ways(self, command):
        self.assert_traced_by_configuration(command)
        self.assert_traced(command, env=self.preload())

    def assert_refused(self, command, name):
        """It contains librdkafka and hides it: the property is refused, and without it nothing has changed."""
        ended = self.run_built(command, f'plugin.library.paths={self.plugin}')
        self.assertEqual(3, ended.code, ended)
        self.assertIn(f'edgespan: link {name} with -rdynamic: it contains librdkafka, is stripped', ended.out)
        self.assertEqual((0, self.key + '\n'), self.run_built(command)[:2])
        self.assertEqual(self.run_built(command)[:2], self.run_built(command, env=self.preload())[:2])
        self.spans(0)
