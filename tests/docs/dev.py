#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: dev.py SOURCE

What ./dev shows of a long build or test: on a terminal one line that says how far it is, in a log the last lines only;
of a step that fails all that was said. CMake and ctest are programs of this test.
"""

import os
import pty
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = ''
CMAKE = '#!/bin/sh\nfor n in 1 2 3 4; do echo "[$n/4] Building file$n.cpp.o"; done\n'
CTEST = '''#!/bin/sh
echo '1/2 Test #1: tls.first .....   Passed    0.01 sec'
echo ' 2/2 Test #22: tls.second ...   Passed    0.01 sec'
echo "100% tests passed, 0 tests failed out of 2"
exit ${CTEST_STATUS-0}
'''


class Dev(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for name in ('dev', 'toolchains/packages.sh', 'toolchains/plugin.sh', 'boards/commands.sh',
                     'CMakePresets.json'):
            os.makedirs(os.path.dirname(os.path.join(self.root, name)), exist_ok=True)
            shutil.copy(os.path.join(SOURCE, name), os.path.join(self.root, name))
        for name, text in (('cmake', CMAKE), ('ctest', CTEST)):
            path = os.path.join(self.root, 'bin', name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
            os.chmod(path, 0o755)
        os.makedirs(os.path.join(self.root, 'build'))
        open(os.path.join(self.root, 'build', 'build.ninja'), 'w', encoding='utf-8').close()  # nothing to install

    def dev(self, out, err, **environment):
        variables = {**os.environ, 'EDGESPAN_DEPS_DIR': self.root, 'PATH': f'{self.root}/bin:{os.environ["PATH"]}'}
        return subprocess.run([os.path.join(self.root, 'dev'), 'tls13'], stdin=subprocess.DEVNULL, stdout=out,
                              stderr=err, timeout=60, check=False, env={**variables, **environment})

    def on_terminal(self):
        """(exit code, all that a terminal is told)"""
        ours, theirs = pty.openpty()
        code = self.dev(theirs, theirs).returncode
        os.close(theirs)
        said = b''
        try:
            while chunk := os.read(ours, 65536):
                said += chunk
        except OSError:  # the end of a terminal
            pass
        os.close(ours)
        return code, said.decode()

    def test_a_terminal_sees_how_far_it_is(self):
        code, said = self.on_terminal()
        self.assertEqual(0, code)
        for line in ('\r', ' 25 % (1/4)', '100 % (4/4)', 'TLS 1.3:  50 % (1/2)', 'TLS 1.3: 100 % (2/2)'):
            self.assertIn(line, said)
        self.assertNotIn('file1.cpp', said)

    def test_a_log_gets_the_last_lines(self):
        done = self.dev(subprocess.PIPE, subprocess.PIPE)
        self.assertEqual(0, done.returncode)
        self.assertEqual(b'100% tests passed, 0 tests failed out of 2\n', done.stdout)
        self.assertEqual(b'dev: TLS 1.3: building\ndev: TLS 1.3: running\n', done.stderr)

    def test_a_failure_is_shown_whole(self):
        done = self.dev(subprocess.PIPE, subprocess.PIPE, CTEST_STATUS='8')
        self.assertEqual(1, done.returncode)
        self.assertIn(b'tls.first', done.stderr)
        self.assertIn(b'not all tests passed', done.stderr)


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    SOURCE = sys.argv.pop()
    unittest.main()
