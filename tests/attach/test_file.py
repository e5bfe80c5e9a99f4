# SPDX-License-Identifier: Apache-2.0
"""The plugin's file: what it asks for, what it shows, how large it is."""

import os
import re
import subprocess
import unittest

BYTES_MAX = 400 * 1024


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class File(unittest.TestCase):
    plugin = os.environ['PLUGIN']

    def test_it_needs_the_c_library_alone(self):
        needed = re.findall(r'NEEDED.*\[(.+)\]', run('readelf', '-dW', self.plugin))
        for name in needed:
            self.assertRegex(name, r'^(libc\.so\.6|libc\.musl-.*|ld-linux.*|libpthread\.so\.0|libdl\.so\.2)$')

    def test_it_stays_loaded(self):
        self.assertIn('NODELETE', run('readelf', '-dW', self.plugin))

    def test_it_shows_two_functions(self):
        shown = [line.split()[-1] for line in run('nm', '-D', '--defined-only', self.plugin).splitlines()]
        self.assertEqual(['conf_init', 'rd_kafka_new'], sorted(shown))

    def test_it_names_no_function_of_librdkafka(self):
        wanted = run('nm', '-D', '-u', self.plugin)
        self.assertNotIn('rd_kafka', wanted)

    def test_dlopen_needs_no_reserve_for_its_thread_local_data(self):
        self.assertNotRegex(run('readelf', '-rW', self.plugin), r'TPOFF|TPREL')

    def test_it_is_small(self):
        if os.environ['CONFIG'] == 'Debug':
            self.skipTest('a build without optimization')
        sizes = run('size', self.plugin).splitlines()[1].split()
        self.assertLess(int(sizes[0]) + int(sizes[1]), BYTES_MAX)


if __name__ == '__main__':
    unittest.main()
