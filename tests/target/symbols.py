#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: symbols.py NM SIZE CORE_LIBRARY IMAGE...

What the core asks of a board is what NEEDED lists; an image names no allocator, whatever is linked into it. Prints
the sizes of both.
"""

import re
import subprocess
import sys

NEEDED = re.compile(
    r'^(?:mem(?:cpy|move|set|cmp|chr)|strlen'    # six functions of a C library
    r'|__aeabi_\w+|__gnu_thumb1_case_\w+|__clz\w+|__ctz\w+|__popcount\w+'  # libgcc: 64-bit arithmetic on 32-bit cores
    r'|__atomic_(?:fetch_(?:add|sub|and|or)|exchange|compare_exchange)_4|__atomic_fetch_(?:add|sub)_2'  # port/bare
    r'|_ZN?K?8edgespan\w+|_ZTH?N8edgespan\w+)$')  # itself
ALLOCATOR = re.compile(r'^(?:_?_?(?:malloc|calloc|realloc|free|memalign)(?:_r)?|_?sbrk(?:_r)?|_Z(?:nw|na|dl|da)\w+'
                       r'|__cxa_(?:throw|allocate_exception|atexit)|_Unwind_\w+)$')


def nm(tool, path, *options):
    text = subprocess.run([tool, *options, path], stdout=subprocess.PIPE, check=True).stdout.decode()
    return [line.split()[-1] for line in text.splitlines() if line.startswith(' ') or re.match(r'[0-9a-f]{8} ', line)]


def main():
    tool, size, core, images = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    undefined = set(nm(tool, core, '-u'))
    if not undefined:
        sys.exit(f'{core}: no undefined symbols at all; that is no library of the core')
    foreign = sorted(name for name in undefined if not NEEDED.match(name))
    if foreign:
        sys.exit(f'the core asks for more than a board has to have: {", ".join(foreign)}')
    for image in images:
        found = sorted(name for name in nm(tool, image) if ALLOCATOR.match(name))
        if found:
            sys.exit(f'{image} names an allocator or what needs one: {", ".join(found)}')
    subprocess.run([size, '-t', core], check=True)
    subprocess.run([size, *images], check=True)


if __name__ == '__main__':
    main()
