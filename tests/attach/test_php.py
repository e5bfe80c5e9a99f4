# SPDX-License-Identifier: Apache-2.0
"""PHP's rdkafka, an extension that is linked with the system's librdkafka and that PHP keeps to itself.

Nightly: it is built of a source package of Debian, by the system's php-dev.
"""

import glob
import os
import shutil
import unittest

from built import HERE, Interpreted
from case import Case


@unittest.skipUnless(shutil.which('phpize'), 'there is no php-dev')
class Php(Interpreted, Case):
    key = 'php'

    @classmethod
    def build(cls):
        cls.extension = os.path.join(cls.folder, 'php', 'rdkafka.so')
        if not os.path.isfile(cls.extension):
            cls.make(os.path.join(HERE, 'php.sh'), os.path.join(cls.folder, 'php'))

    def command(self):
        return [shutil.which('php'), f'-dextension={self.extension}', os.path.join(HERE, 'program.php')]


if __name__ == '__main__':
    unittest.main()
