# SPDX-License-Identifier: Apache-2.0
"""The plugin's file: what it asks for, what it shows, how large it is. ZIG_TARGET: for which machines it was built."""

import os
import re
import subprocess
import unittest

# A file to be released is compiled for size but for the path of a message; others, whole for speed, have more.
BYTES_MAX = (400 if os.environ['CONFIG'] == 'MinSizeRel' else 520) * 1024
TARGET = os.environ.get('ZIG_TARGET', '')
GLIBC = re.search(r'gnu.*?\.(\d+)\.(\d+)$', TARGET)


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class File(unittest.TestCase):
    plugin = os.environ['PLUGIN']

    def test_it_needs_the_c_library_alone(self):
        needed = re.findall(r'NEEDED.*\[(.+)\]', run('readelf', '-dW', self.plugin))
        for name in needed:
            self.assertRegex(name, r'^(libc\.so\.6|ld-linux.*|libpthread\.so\.0|libdl\.so\.2)$'
                             if 'musl' not in TARGET else r'^libc\.so$')  # a name that musl takes for itself

    def test_it_stays_loaded(self):
        self.assertIn('NODELETE', run('readelf', '-dW', self.plugin))

    def test_it_shows_two_functions(self):
        shown = [line.split()[-1] for line in run('nm', '-D', '--defined-only', self.plugin).splitlines()]
        self.assertEqual(['conf_init', 'rd_kafka_new'], sorted(shown))

    def test_no_symbol_is_newer_than_the_c_library_it_was_built_for(self):
        versions = {tuple(map(int, found)) for found in
                    re.findall(r'GLIBC_(\d+)\.(\d+)', run('readelf', '-VW', self.plugin))}
        if 'musl' in TARGET:
            self.assertEqual(set(), versions)
        if GLIBC:
            self.assertLessEqual(max(versions), tuple(map(int, GLIBC.groups())))

    def test_whatever_it_asks_for_is_the_c_librarys(self):
        symbols = re.findall(r'^.* (WEAK|GLOBAL) +DEFAULT +UND +(\S+)', run('readelf', '--dyn-syms', '-W', self.plugin),
                             re.MULTILINE)
        self.assertIn('mmap', {name.split('@')[0].removesuffix('64') for _, name in symbols})
        for bind, name in symbols:
            if bind == 'GLOBAL' and 'musl' not in TARGET:
                self.assertIn('@GLIBC_', name)

    def test_names_are_bound_when_it_is_loaded(self):
        self.assertRegex(run('readelf', '-dW', self.plugin), r'BIND_NOW|FLAGS_1.*\bNOW\b')

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
        if os.environ['CONFIG'] == 'MinSizeRel':  # others are not stripped
            self.assertLessEqual(os.path.getsize(self.plugin), BYTES_MAX)


if __name__ == '__main__':
    unittest.main()
