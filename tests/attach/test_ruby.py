# SPDX-License-Identifier: Apache-2.0
"""Ruby's rdkafka, which opens librdkafka and looks its functions up.

Nightly: it takes a network.
"""

import os
import shutil
import subprocess
import unittest

from built import HERE, Built
from case import Case


def has_ruby():
    return shutil.which('ruby') and subprocess.run(['ruby', '-e', 'require "ffi"'], capture_output=True,
                                                   check=False).returncode == 0


@unittest.skipUnless(has_ruby(), 'there is no Ruby, or no ruby-ffi')
class Ruby(Built, Case):
    key = 'ruby'

    @classmethod
    def build(cls):
        cls.make(os.path.join(HERE, 'shared.sh'), os.path.join(cls.folder, 'shared'))
        cls.make(os.path.join(HERE, 'ruby.sh'), os.path.join(cls.folder, 'ruby'))

    def command(self):
        return [shutil.which('ruby'), f'-I{self.folder}/ruby/source/lib', os.path.join(HERE, 'program.rb')]

    def test_it_is_traced_by_configuration(self):
        self.assert_traced_by_configuration(self.command())

    def test_a_preload_does_not_reach_it_and_changes_nothing(self):
        self.assert_not_reached_by_preload(self.command())

    def test_a_setting_that_is_wrong_is_an_exception(self):
        self.assert_told_of_a_wrong_setting(self.command())


if __name__ == '__main__':
    unittest.main()
