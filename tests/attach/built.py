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

    def assert_not_reached_by_preload(self, command):
        plain = self.run_built(command)
        self.assertEqual((0, self.key + '\n'), plain[:2], plain)
        self.assertEqual(plain, self.run_built(command, env=self.preload()))
        self.spans(0)

    def assert_told_of_a_wrong_setting(self, command):
        ended = self.run_built(command, f'plugin.library.paths={self.plugin}', 'edgespan.flush=5')
        self.assertEqual(3, ended.code, ended)
        self.assertIn("edgespan.flush '5': has no unit", ended.out)

    def assert_refused(self, command, name):
        """It contains librdkafka and hides it: the property is refused, and without it nothing has changed."""
        ended = self.run_built(command, f'plugin.library.paths={self.plugin}')
        self.assertEqual(3, ended.code, ended)
        self.assertIn(f'edgespan: link {name} with -rdynamic: it contains librdkafka, is stripped', ended.out)
        self.assertEqual((0, self.key + '\n'), self.run_built(command)[:2])
        self.assertEqual(self.run_built(command)[:2], self.run_built(command, env=self.preload())[:2])
        self.spans(0)


class Interpreted(Built):
    """For a program in a language that hides librdkafka from others: it is reached by its configuration alone. A
    subclass says by command() how it is run."""

    def test_it_is_traced_by_configuration(self):
        self.assert_traced_by_configuration(self.command())

    def test_a_preload_does_not_reach_it_and_changes_nothing(self):
        self.assert_not_reached_by_preload(self.command())

    def test_a_setting_that_is_wrong_is_an_exception(self):
        self.assert_told_of_a_wrong_setting(self.command())


class Linked(Built):
    """For programs that are built in four ways, each called KEY-WAY: `plain` and `exporting` contain a librdkafka and
    show its functions, `stripped` hides them, and `dynamic` is linked with a shared one."""

    @classmethod
    def make_shared(cls):
        """The shared librdkafka; the environment in which pkg-config finds it."""
        cls.make(os.path.join(HERE, 'shared.sh'), os.path.join(cls.folder, 'shared'))
        return {**os.environ, 'PKG_CONFIG_PATH': os.path.join(cls.folder, 'shared', 'lib', 'pkgconfig')}

    def settings(self, **made):
        return {**super().settings(**made), 'LD_LIBRARY_PATH': os.path.join(self.folder, 'shared', 'lib')}

    def program(self, way):
        return [f'{self.folder}/{self.key}-{way}']

    def test_what_shows_its_functions_is_traced(self):
        for way in ('plain', 'exporting'):
            with self.subTest(way):
                self.assert_traced_by_configuration(self.program(way))

    def test_what_shares_librdkafka_is_traced_both_ways(self):
        self.assert_traced_both_ways(self.program('dynamic'))

    def test_what_hides_them_is_refused_with_what_to_do(self):
        self.assert_refused(self.program('stripped'), f'{self.key}-stripped')
