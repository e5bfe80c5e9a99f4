#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: expect.py STATUS FILE COMMAND...

Runs COMMAND; its exit status must be STATUS and what it prints must be the text of FILE, to the letter.
"""

import difflib
import subprocess
import sys


def main():
    status, path, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    with open(path, encoding='utf-8') as file:
        expected = file.read()
    run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=100, check=False)
    printed = run.stdout.decode('utf-8', 'backslashreplace')
    if printed != expected:
        diff = difflib.unified_diff(expected.splitlines(True), printed.splitlines(True), path, 'printed')
        sys.stdout.writelines(diff)
        sys.exit('another report than the expected one')
    if run.returncode != status:
        sys.exit(f'exit status {run.returncode}, expected {status}')


if __name__ == '__main__':
    main()
