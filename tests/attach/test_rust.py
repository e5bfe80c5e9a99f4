# SPDX-License-Identifier: Apache-2.0
"""Rust's rdkafka, which contains a librdkafka: as `cargo build` makes it, and stripped with and without exports; and
linked with a shared one.

Nightly: the first build takes minutes and a network.
"""

import os
import shutil
import unittest

from built import HERE, Built
from case import Case

# Arguments for cargo, and for the compiler of the program itself.
BUILDS = {'plain': ((), ()), 'stripped': ((), ('-C', 'strip=symbols')),
          'exporting': ((), ('-C', 'strip=symbols', '-C', 'link-arg=-rdynamic')),
          'dynamic': (('--features=dynamic',), ('-C', 'strip=symbols'))}


@unittest.skipUnless(shutil.which('cargo'), 'there is no Rust')
class Rust(Built, Case):
    key = 'rust'

    @classmethod
    def build(cls):
        cls.make(os.path.join(HERE, 'shared.sh'), os.path.join(cls.folder, 'shared'))
        env = {**os.environ, 'PKG_CONFIG_PATH': os.path.join(cls.folder, 'shared', 'lib', 'pkgconfig')}
        target = os.path.join(cls.folder, 'rust')
        for name, (of_cargo, of_compiler) in BUILDS.items():
            cls.make('cargo', 'rustc', '--locked', '--quiet', '--bin=attached', '--target-dir', target, *of_cargo, '--',
                     *of_compiler, cwd=os.path.join(HERE, 'rust'), env=env)
            shutil.copy(os.path.join(target, 'debug', 'attached'), f'{cls.folder}/rust-{name}')

    def settings(self, **made):
        return {**super().settings(**made), 'LD_LIBRARY_PATH': os.path.join(self.folder, 'shared', 'lib')}

    def program(self, name):
        return [f'{self.folder}/rust-{name}']

    def test_what_shows_its_functions_is_traced(self):
        for name in ('plain', 'exporting'):
            with self.subTest(name):
                self.assert_traced_by_configuration(self.program(name))

    def test_what_shares_librdkafka_is_traced_both_ways(self):
        self.assert_traced_both_ways(self.program('dynamic'))

    def test_what_hides_them_is_refused_with_what_to_do(self):
        self.assert_refused(self.program('stripped'), 'rust-stripped')


if __name__ == '__main__':
    unittest.main()
