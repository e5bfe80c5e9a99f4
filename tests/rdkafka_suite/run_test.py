#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `run` makes of two programs: a difference fails it, unless a reason is listed; so does a reason without one."""

import os
import subprocess
import sys
import tempfile
import unittest

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'run')
TEST_C = '_TEST(0001_local, TEST_F_LOCAL),\n_TEST(0002_broker, 0),\n_TEST(0003_manual, TEST_F_LOCAL | TEST_F_MANUAL),\n'
PASSES = 'echo "[x] ================= Test 0001_local PASSED ================="'
FAILS = 'echo \'### Test "0001_local" failed at test.c:1: ###\'; exit 1'
BOOKS = 'echo "edgespan: finished=2 delivered=2 dropped=0 balanced=1 faults=0"'


class Run(unittest.TestCase):
    def run_suite(self, plain, traced, differs='', books=BOOKS):
        """(whether it was content, its output) with shell scripts as programs."""
        with tempfile.TemporaryDirectory() as folder:
            files = {'plain': plain, 'traced': f'{books}\n{traced}', 'differs.txt': differs, 'sources': folder,
                     'test.c': TEST_C}
            for name, text in files.items():
                path = os.path.join(folder, name)
                with open(path, 'w', encoding='utf-8') as file:
                    file.write(text if '.' in name or name == 'sources' else f'#!/bin/sh\n{text}\n')
                os.chmod(path, 0o755)
            done = subprocess.run([sys.executable, '-B', RUN, folder, '2.0.2', '--differs',
                                   os.path.join(folder, 'differs.txt')], env={**os.environ, 'TMPDIR': folder},
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        return done.returncode == 0, done.stdout

    def expect(self, content, words, *programs, **options):
        good, output = self.run_suite(*programs, **options)
        self.assertEqual(content, good, output)
        self.assertIn(words, output)

    def test_tests_that_end_alike_are_right(self):
        self.expect(True, '1 tests in', PASSES, PASSES)
        self.expect(True, 'fail without tracing, too: 0001_local', FAILS, FAILS)

    def test_a_difference_needs_a_reason(self):
        self.expect(False, 'NO REASON IS LISTED', PASSES, FAILS)
        self.expect(False, 'NO REASON IS LISTED', FAILS, PASSES)
        self.expect(True, 'because', PASSES, FAILS, differs='all 0001_local because\n')
        self.expect(True, 'because', PASSES, FAILS, differs='1.0.0,2.0.2 0001_local because\n')
        self.expect(False, 'NO REASON IS LISTED', PASSES, FAILS, differs='1.0.0 0001_local because\n')

    def test_a_reason_needs_a_difference(self):
        self.expect(False, 'it does not differ', PASSES, PASSES, differs='all 0001_local because\n')

    def test_an_end_before_its_time_is_a_difference(self):
        self.expect(False, 'signal 11', PASSES, 'kill -SEGV $$')
        self.expect(False, 'books do not add up', PASSES, f'{PASSES}; exit 99')
        self.expect(False, 'that are left', PASSES, f'{PASSES}; exit 1')

    def test_a_run_that_traces_nothing_is_none(self):
        self.expect(False, 'nothing was traced', PASSES, PASSES, books='')


if __name__ == '__main__':
    unittest.main()
