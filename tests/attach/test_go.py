# SPDX-License-Identifier: Apache-2.0
"""Go's confluent-kafka-go, which contains a librdkafka: as `go build` makes it, and stripped with and without exports;
and linked with a shared one.

Nightly: the first build takes minutes and a network.
"""

import os
import shutil
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


if __name__ == '__main__':
    unittest.main()
