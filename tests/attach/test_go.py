# SPDX-License-Identifier: Apache-2.0
"""Go's confluent-kafka-go, which contains a librdkafka: as `go build` makes it, and stripped with and without exports;
and linked with a shared one.

Nightly: the first build takes minutes and a network.
"""

import os
import shutil
import unittest

from built import HERE, Built
from case import Case

BUILDS = {'plain': (), 'stripped': ('-ldflags=-s -w',), 'exporting': ('-ldflags=-s -w -extldflags=-rdynamic',),
          'dynamic': ('-tags=dynamic', '-ldflags=-s -w')}


@unittest.skipUnless(shutil.which('go'), 'there is no Go')
class Go(Built, Case):
    key = 'go'

    @classmethod
    def build(cls):
        cls.make(os.path.join(HERE, 'shared.sh'), os.path.join(cls.folder, 'shared'))
        env = {**os.environ, 'PKG_CONFIG_PATH': os.path.join(cls.folder, 'shared', 'lib', 'pkgconfig')}
        for name, flags in BUILDS.items():
            cls.make('go', 'build', '-o', f'{cls.folder}/go-{name}', *flags, '.', cwd=os.path.join(HERE, 'go'), env=env)

    def settings(self, **made):
        return {**super().settings(**made), 'LD_LIBRARY_PATH': os.path.join(self.folder, 'shared', 'lib')}

    def program(self, name):
        return [f'{self.folder}/go-{name}']

    def test_what_shows_its_functions_is_traced(self):
        for name in ('plain', 'exporting'):
            with self.subTest(name):
                self.assert_traced_by_configuration(self.program(name))

    def test_what_shares_librdkafka_is_traced_both_ways(self):
        self.assert_traced_both_ways(self.program('dynamic'))

    def test_what_hides_them_is_refused_with_what_to_do(self):
        self.assert_refused(self.program('stripped'), 'go-stripped')


if __name__ == '__main__':
    unittest.main()
