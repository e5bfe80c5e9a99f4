# SPDX-License-Identifier: Apache-2.0
"""Go's confluent-kafka-go, which contains a librdkafka: as `go build` makes it, and stripped with and without exports;
and linked with a shared one.

Nightly: the first build takes minutes and a network.
"""

import os
import shutil
import subprocess
import unittest

from built import HERE, Linked
from case import Case

BUILDS = {'plain': (), 'stripped': ('-ldflags=-s -w',), 'exporting': ('-ldflags=-s -w -extldflags=-rdynamic',),
          'dynamic': ('-tags=dynamic', '-ldflags=-s -w')}


@unittest.skipUnless(shutil.which('go'), 'there is no Go')
class Go(Linked, Case):
    key = 'go'

    @classmethod
    def build(cls):
        env = cls.make_shared()
        for name, flags in BUILDS.items():
            cls.make('go', 'build', '-o', f'{cls.folder}/go-{name}', *flags, '.', cwd=os.path.join(HERE, 'go'), env=env)

    def leave(self, way, *properties, spans=0, **made):
        """How it ends by os.Exit(), which does not come to exit(). `spans`: so many come before it may."""
        self.topic += 'n'
        self.ask(self.topic)
        child = subprocess.Popen([*self.program('plain'), self.brokers, self.topic, *properties], text=True,
                                 env={**self.settings(**made), 'LEAVE': way}, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        first = child.stdout.readline()
        if way == 'open':
            self.spans(spans)
        out, err = child.communicate(timeout=60)
        return child.returncode, first + out, err

    def test_os_exit_loses_nothing_once_clients_are_closed(self):
        """No other time to send comes: the next one would be in a minute."""
        plain = self.leave('closed')
        self.assertEqual((6, 'go\n', ''), plain)
        self.assertEqual(plain, self.leave('closed', f'plugin.library.paths={self.plugin}', flush='60 s'))
        self.assertEqual(['CONSUMER', 'PRODUCER'], sorted(span.kind for span in self.spans(2)))

    def test_os_exit_with_open_clients_loses_only_what_was_not_sent_yet(self):
        plain = self.leave('open')
        self.assertEqual((6, 'go\n', ''), plain)
        for spans, flush in ((2, '50 ms'), (0, '60 s')):
            with self.subTest(flush):
                self.assertEqual(plain, self.leave('open', f'plugin.library.paths={self.plugin}', spans=spans,
                                                   flush=flush))
                self.spans(0)


if __name__ == '__main__':
    unittest.main()
