#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tree.py README EDGESPAN...: the README's tree must be what scene 3 of `EDGESPAN demo` prints, but for ids and times.

EDGESPAN is the command, with an emulator before it where it takes one.
"""

import re
import subprocess
import sys


def shape(lines):
    """Depth and words of each line. Which of the two consumers comes first is up to the broker."""
    found = []
    for line in lines:
        depth = len(re.match(r'[ │├└─]*', line).group(0))
        words = re.sub(r'\d+(?:\.\d+)? (?:µs|ms|s)\b', 'TIME', line[depth:])
        found.append((depth, ' '.join(re.sub(r'\b[0-9a-f]{32}\b', 'ID', words).split())))
    return sorted(found)


def tree(text, what):
    """The lines from `trace ` up to a blank line or the end of the block."""
    found = re.search(r'^trace [0-9a-f]{32}\n(?:[ │├└].*\n)+', text, re.MULTILINE)
    if not found:
        sys.exit(f'{what}: no tree in it')
    return found.group(0).splitlines()


def main(readme, *edgespan):
    run = subprocess.run([*edgespan, 'demo'], capture_output=True, timeout=60, check=False)
    if run.returncode != 0:
        sys.exit(f'edgespan demo: exit code {run.returncode}\n{run.stderr.decode()}')
    printed = run.stdout.decode().split('scene 3', 1)[-1]
    with open(readme, encoding='utf-8') as file:
        written = file.read()
    expected, actual = shape(tree(printed, 'edgespan demo')), shape(tree(written, readme))
    if expected != actual:
        sys.exit('README.md shows another tree than `edgespan demo`, scene 3:\n' + '\n'.join(tree(printed, '')))


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
