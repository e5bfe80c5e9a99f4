# SPDX-License-Identifier: Apache-2.0
"""How programs load, fork and end: each ends as it does without the plugin, and what can be traced is traced once."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from case import Case, Ended


class Lifecycle(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = os.environ['LIFECYCLE']
        maps = subprocess.run(['ldd', cls.program], check=True, capture_output=True, text=True).stdout
        cls.folder = tempfile.TemporaryDirectory()
        library = re.search(r'librdkafka\S* => (\S+)', maps).group(1)
        cls.other = shutil.copy(library, f'{cls.folder.name}/other.so')
        for number in range(4):
            shutil.copy(library, f'{cls.other}{number}')

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()
        super().tearDownClass()

    def command(self, case, *properties):
        return self.program, case, self.brokers, self.topic, self.other, *properties

    def run_case(self, case, *properties, env=None):
        return self.run_program(*self.command(case, *properties), env=env)

    def both(self, case, **made):
        """By the plugin, then by the preload; each must end as the program does by itself."""
        before = self.messages()
        plain = self.run_case(case)
        sent = sorted(self.messages().removeprefix(before).splitlines())
        for properties, env in (((f'plugin.library.paths={self.plugin}',), self.settings(**made)),
                                ((), self.preload(**made))):
            with self.subTest(case, preload=not properties):
                before = self.messages()
                ended = self.run_case(case, *properties, env=env)
                self.assertEqual(plain, ended)
                self.assertEqual(sent, sorted(self.messages().removeprefix(before).splitlines()))
                yield ended, not properties

    def test_two_copies_of_librdkafka_are_traced_each_by_its_own(self):
        for _, preload in self.both('two'):
            # What a program takes by dlsym() from a library that it has opened, no preload comes before.
            keys = ['linked'] if preload else ['linked', 'other']
            self.assertEqual(keys, sorted(span.key for span in self.spans(len(keys))))

    def test_a_copy_that_is_closed_and_opened_again(self):
        for _, preload in self.both('unload'):
            keys = ['linked'] * 2 if preload else ['linked'] * 2 + ['other'] * 2
            self.assertEqual(keys, sorted(span.key for span in self.spans(len(keys))))

    def test_more_copies_than_the_plugin_has_room_for_are_refused_with_a_sentence(self):
        plain = self.run_case('crowd')
        self.assertEqual((0, 'made\n' * 5 + 'end\n', ''), plain)
        ended = self.run_case('crowd', f'plugin.library.paths={self.plugin}')
        self.assertEqual(0, ended.code, ended)
        self.assertIn('there are more than 4 copies of librdkafka in this process', ended.out)
        self.assertEqual(4, ended.out.count('made\n'))
        self.assertEqual(4, len(self.spans_so_far(4)))
        self.assertEqual(plain, self.run_case('crowd', env=self.preload()))  # the others are looked up by dlsym()
        self.spans(1)

    def test_a_thousand_children_while_clients_come_and_go(self):
        for ended, _ in self.both('storm'):
            self.assertEqual((0, 'children: 1000\nend\n', ''), ended)
            self.assertEqual({'thread'}, {span.key for span in self.spans(12)})

    def test_children_and_theirs_have_agents_of_their_own(self):
        for _ in self.both('generations'):
            spans = self.spans(6)
            self.assertEqual(6, len({span.trace for span in spans}))
            self.assertEqual({'parent': 2, 'child': 3, 'grandchild': 1},
                             {key: sum(span.key == key for span in spans) for key in {s.key for s in spans}})

    def test_ways_to_end(self):
        for case, code in (('_exit', 6), ('abort', -signal.SIGABRT), ('exit-in-thread', 7)):
            for ended, _ in self.both(case):
                self.assertEqual(code, ended.code)
                self.spans_so_far(0)  # those of a process that does not come to exit() may be lost

    def ended_by(self, number, *properties, env):
        """How it ends by that signal, what it has printed, and what it has sent to a topic of its own."""
        self.topic += 'n'
        self.ask(self.topic)
        child = subprocess.Popen(self.command('stay', *properties), env=env, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        first = child.stdout.readline()
        child.send_signal(number)
        out, err = child.communicate(timeout=30)
        return Ended(child.returncode, first + out, err), self.messages()

    def test_signals_end_it_as_before(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            plain = self.ended_by(number, env=self.settings())
            self.assertEqual((Ended(-number, 'sent\n', ''), 'stay=value\n'), plain)
            for paths, env in (((f'plugin.library.paths={self.plugin}',), self.settings()), ((), self.preload())):
                with self.subTest(number, preload=not paths):
                    self.assertEqual(plain, self.ended_by(number, *paths, env=env))
        self.spans_so_far(0)

    def test_what_waits_leaves_with_the_last_client_though_no_exit_follows(self):
        """No other time to send comes: the next one would be in a minute."""
        for ended, _ in self.both('destroyed', flush='60 s'):
            self.assertEqual((6, 'sent\n', ''), ended)
            self.assertEqual('destroyed', self.spans(1)[0].key)

    def test_a_killed_program_loses_only_what_was_not_sent_yet(self):
        for paths, env in (((f'plugin.library.paths={self.plugin}',), self.settings(flush='50 ms')),
                           ((), self.preload(flush='50 ms'))):
            with self.subTest(preload=not paths):
                child = subprocess.Popen(self.command('stay', *paths), env=env, stdout=subprocess.PIPE, text=True)
                self.assertEqual('sent\n', child.stdout.readline())
                self.assertEqual('stay', self.spans(1)[0].key)
                child.kill()
                child.wait(30)
                child.stdout.close()
                self.spans(0)

    def test_a_collector_that_never_answers_holds_up_no_longer_than_once(self):
        with socket.create_server(('127.0.0.1', 0)) as silent:
            plain = self.run_case('generations')
            began = time.monotonic()
            ended = self.run_case('generations', f'plugin.library.paths={self.plugin}', 'edgespan.exit_wait=200 ms',
                                  f'edgespan.url=http://127.0.0.1:{silent.getsockname()[1]}')
            self.assertEqual(plain, ended)
            self.assertLess(time.monotonic() - began, 15)  # one request may take 15 s; five processes wait 0.2 s each


if __name__ == '__main__':
    unittest.main()
