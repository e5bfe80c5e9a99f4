# SPDX-License-Identifier: Apache-2.0
"""Go's confluent-kafka-go, which contains a librdkafka: as `go build` makes it, and stripped with and without exports.

Nightly: the first build takes minutes and a network.
"""

import os
import shutil
import subprocess
import unittest

from case import Case

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'go')
BUILDS = {'plain': (), 'stripped': ('-ldflags=-s -w',), 'exporting': ('-ldflags=-s -w -extldflags=-rdynamic',)}


@unittest.skipUnless(shutil.which('go'), 'there is no Go')
class Go(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = os.environ['PROGRAMS']
        os.makedirs(cls.folder, exist_ok=True)
        for name, flags in BUILDS.items():
            subprocess.run(['go', 'build', '-o', f'{cls.folder}/go-{name}', *flags, '.'], cwd=SOURCE, check=True,
                           timeout=1_200)

    def run_go(self, name, *properties):
        return self.run_program(f'{self.folder}/go-{name}', self.brokers, self.topic, *properties)

    def test_what_shows_its_functions_is_traced(self):
        for name in ('plain', 'exporting'):
            with self.subTest(name):
                self.topic = f'{self.topic}{name}'
                self.ask(self.topic)
                ended = self.run_go(name, f'plugin.library.paths={self.plugin}')
                self.assertEqual((0, 'go\n'), ended[:2], ended)
                sent, taken = sorted(self.spans(2), key=lambda span: span.kind, reverse=True)
                self.assertEqual(('PRODUCER', 'CONSUMER'), (sent.kind, taken.kind))
                self.assertEqual((sent.trace, sent.id), (taken.trace, taken.parent))

    def test_what_hides_them_is_refused_with_what_to_do(self):
        ended = self.run_go('stripped', f'plugin.library.paths={self.plugin}')
        self.assertEqual(3, ended.code, ended)
        self.assertIn('edgespan: link go-stripped with -rdynamic: it contains librdkafka, is stripped', ended.out)
        self.assertEqual((0, 'go\n'), self.run_go('stripped')[:2])


if __name__ == '__main__':
    unittest.main()
