#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""extract.py DOCUMENT FOLDER: writes the code blocks of a document to FOLDER/1.inc and so on.

Only blocks marked `cpp` are taken; compiler messages name the document's own lines. A document without any is an
error: what is not found cannot be checked.
"""

import os
import sys


def blocks(lines):
    """Yields (number of the first line, lines) of each ```cpp block."""
    first, inside = 0, None
    for number, line in enumerate(lines, 1):
        if inside is None and line.strip() == '```cpp':
            first, inside = number + 1, []
        elif inside is not None and line.strip() == '```':
            yield first, inside
            inside = None
        elif inside is not None:
            inside.append(line)
    if inside is not None:
        raise ValueError(f'line {first - 1}: the block is not closed')


def main(document, folder):
    with open(document, encoding='utf-8') as file:
        lines = file.read().split('\n')
    os.makedirs(folder, exist_ok=True)
    count = 0
    for count, (first, code) in enumerate(blocks(lines), 1):
        with open(os.path.join(folder, f'{count}.inc'), 'w', encoding='utf-8') as file:
            file.write(f'#line {first} "{document}"\n' + '\n'.join(code) + '\n')
    if count == 0:
        sys.exit(f'{document}: no ```cpp block')


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
