# SPDX-License-Identifier: Apache-2.0
"""Ruby's rdkafka, which opens librdkafka and looks its functions up.

Nightly: it takes a network.
"""

import os
import shutil
import subprocess
import unittest

from built import HERE, Interpreted
from case import Case


def has_ruby():
    return shutil.which('ruby') and subprocess.run(['ruby', '-e', 'require "ffi"'], capture_output=True,
                                                   check=False).returncode == 0


@unittest.skipUnless(has_ruby(), 'there is no Ruby, or no ruby-ffi')
class Ruby(Interpreted, Case):
    key = 'ruby'

    @classmethod
    def build(cls):
        cls.make(os.path.join(HERE, 'shared.sh'), os.path.join(cls.folder, 'shared'))
        cls.make(os.path.join(HERE, 'ruby.sh'), os.path.join(cls.folder, 'ruby'))

    def command(self):
        return [shutil.which('ruby'), f'-I{self.folder}/ruby/source/lib', os.path.join(HERE, 'program.rb')]


if __name__ == '__main__':
    unittest.main()
