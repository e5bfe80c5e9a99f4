#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""settings.py PAGE EDGESPAN...: agent/docs/settings.md must be what `EDGESPAN config --page` prints.

EDGESPAN is the command, with an emulator before it where it takes one.
"""

import difflib
import subprocess
import sys


def main():
    page, *tool = sys.argv[1:]
    with open(page, encoding='utf-8') as file:
        written = file.read()
    made = subprocess.run([*tool, 'config', '--page'], check=True, capture_output=True, text=True).stdout
    if made == written:
        return 0
    sys.stdout.writelines(difflib.unified_diff(written.splitlines(True), made.splitlines(True), page, 'the table'))
    print(f'write it again: edgespan config --page > {page}')
    return 1


if __name__ == '__main__':
    sys.exit(main())
