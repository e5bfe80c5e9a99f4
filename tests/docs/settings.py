#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""settings.py PAGE ARGUMENTS EDGESPAN...: a page of agent/docs must be what EDGESPAN prints with these arguments.

EDGESPAN is the command, with an emulator before it where it takes one.
"""

import difflib
import subprocess
import sys


def main():
    page, arguments, *tool = sys.argv[1:]
    with open(page, encoding='utf-8') as file:
        written = file.read()
    command = [*tool, *arguments.split()]
    made = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if made == written:
        return 0
    sys.stdout.writelines(difflib.unified_diff(written.splitlines(True), made.splitlines(True), page, arguments))
    print(f'write it again: edgespan {arguments} > {page}')
    return 1


if __name__ == '__main__':
    sys.exit(main())
