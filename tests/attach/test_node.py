# SPDX-License-Identifier: Apache-2.0
"""Node's node-rdkafka, whose addon is linked with the system's librdkafka.

Nightly: the first build takes a minute and a network.
"""

import os
import shutil
import unittest

from built import HERE, Built
from case import Case


@unittest.skipUnless(shutil.which('npm'), 'there is no Node')
class Node(Built, Case):
    key = 'node'

    @classmethod
    def build(cls):
        folder = os.path.join(cls.folder, 'node')
        shutil.copytree(os.path.join(HERE, 'node'), folder, dirs_exist_ok=True)
        if not os.path.isfile(os.path.join(folder, 'node_modules/node-rdkafka/build/Release/node-librdkafka.node')):
            # The headers are those of the system's Node.
            cls.make('npm', 'ci', '--silent', '--no-audit', '--no-fund', cwd=folder,
                     env={**os.environ, 'BUILD_LIBRDKAFKA': '0', 'npm_config_nodedir': '/usr'})

    def command(self):
        return [shutil.which('node'), os.path.join(self.folder, 'node', 'program.js')]

    def test_it_is_traced_both_ways(self):
        self.assert_traced_both_ways(self.command())

    def test_a_setting_that_is_wrong_is_told(self):
        self.assert_told_of_a_wrong_setting(self.command())


if __name__ == '__main__':
    unittest.main()
