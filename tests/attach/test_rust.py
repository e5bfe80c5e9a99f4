# SPDX-License-Identifier: Apache-2.0
"""Rust's rdkafka, which contains a librdkafka: as `cargo build` makes it, and stripped with and without exports; and
linked with a shared one.

Nightly: the first build takes minutes and a network.
"""

import os
import shutil
import unittest

from built import HERE, Linked
from case import Case

# Arguments for cargo, and for the compiler of the program itself.
BUILDS = {'plain': ((), ()), 'stripped': ((), ('-C', 'strip=symbols')),
          'exporting': ((), ('-C', 'strip=symbols', '-C', 'link-arg=-rdynamic')),
          'dynamic': (('--features=dynamic',), ('-C', 'strip=symbols'))}


@unittest.skipUnless(shutil.which('cargo'), 'there is no Rust')
class Rust(Linked, Case):
    key = 'rust'

    @classmethod
    def build(cls):
        env = cls.make_shared()
        target = os.path.join(cls.folder, 'rust')
        for name, (of_cargo, of_compiler) in BUILDS.items():
            cls.make('cargo', 'rustc', '--locked', '--quiet', '--bin=attached', '--target-dir', target, *of_cargo, '--',
                     *of_compiler, cwd=os.path.join(HERE, 'rust'), env=env)
            shutil.copy(os.path.join(target, 'debug', 'attached'), f'{cls.folder}/rust-{name}')


if __name__ == '__main__':
    unittest.main()
