# SPDX-License-Identifier: Apache-2.0
"""The plugin's file in a client of its own machine, as `./dev plugin` builds both: it traces, and changes nothing.

PLUGIN: the file. CLIENT: the words that run the client, an emulator's among them. The broker is the one that librdkafka
has inside for tests, the collector is this program.
"""

import os
import shlex
import subprocess
import unittest

from collectors import Collector

CLIENT, PLUGIN = shlex.split(os.environ['CLIENT']), os.environ['PLUGIN']
EMPTY = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'empty.ini')


class Machine(unittest.TestCase):
    def setUp(self):
        self.collector = Collector()
        self.addCleanup(self.collector.close)

    def run_client(self, case, *properties):
        done = subprocess.run([*CLIENT, case, '127.0.0.1:1', 'topic', 'test.mock.num.brokers=1', 'log_level=0',
                               *properties], capture_output=True, text=True, timeout=300, check=False,
                              env={'PATH': os.environ['PATH'], 'EDGESPAN_CONFIG': EMPTY})
        return done.returncode, done.stdout, done.stderr

    def traced(self, case, *properties):
        return self.run_client(case, f'plugin.library.paths={PLUGIN}', *properties,
                               f'edgespan.url=http://{self.collector.place()}', 'edgespan.sample=always')

    def test_it_traces_and_changes_nothing_else(self):
        for case, posts in (('send', 1), ('forks', 2), ('turns', 2)):
            with self.subTest(case):
                del self.collector.posts[:]
                plain = self.run_client(case)
                self.assertEqual(0, plain[0], plain)
                self.assertEqual(plain, self.traced(case))
                found = self.collector.wait(posts)
                self.assertEqual(['/api/v2/spans'] * posts, [path for path, _, _ in found])
                self.assertTrue(all(b'send' in body and b'kafka.topic' in body for _, _, body in found))

    def test_a_client_that_cannot_be_made_ends_no_program(self):
        plain = self.run_client('fail')
        self.assertEqual(0, plain[0], plain)
        self.assertEqual(plain[:2], self.traced('fail')[:2])

    def test_a_setting_that_is_wrong_is_told(self):
        code, out, _ = self.traced('send', 'edgespan.flush=5')
        self.assertEqual(3, code)
        self.assertIn("edgespan.flush '5': has no unit", out)

    def test_files_of_certificates_and_settings_are_read(self):
        code, out, _ = self.traced('send', f'edgespan.tls_ca={EMPTY}', 'edgespan.url=https://127.0.0.1:1')
        self.assertEqual(3, code)
        self.assertIn(f"tls_ca '{EMPTY}': ", out)


if __name__ == '__main__':
    unittest.main()
