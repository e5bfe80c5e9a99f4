#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: nanopb_names.py NM OURS LIBRDKAFKA MAP

Later releases of librdkafka carry a nanopb with global names. In a program with both, OURS must define no name that
LIBRDKAFKA defines, nor leave one open; and by the program's link MAP no member of one archive was taken for the other.
"""

import re
import subprocess
import sys

import linkmap


def names(nm, archive, *options):
    text = subprocess.run([nm, '-g', *options, archive], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {line.split()[-1] for line in text.splitlines() if len(line.split()) > 1 and not line.endswith(':')}


def main(nm, ours, librdkafka, link_map):
    mine, theirs = names(nm, ours, '--defined-only'), names(nm, librdkafka, '--defined-only')
    wanted = names(nm, ours, '--undefined-only')
    if not any(name.startswith('edgespan_pb_encode') for name in mine):
        sys.exit(f'{ours} has no edgespan_pb_encode: is it nanopb under our names?')
    bad = sorted(name for name in mine | wanted if re.match(r'pb_', name))
    if bad:
        sys.exit(f'{ours} has names that another nanopb may have: {", ".join(bad)}')
    if mine & theirs:
        sys.exit(f'both define {", ".join(sorted(mine & theirs))}')
    archive = re.compile(re.escape(ours.rsplit('/', 1)[-1]) + r'\(')
    for member, by, symbol in linkmap.taken(link_map):
        rdkafka_asks, ours_given = 'librdkafka.a(' in by, bool(archive.search(member))
        edgespan_asks, rdkafka_given = 'libedgespan_' in by, 'librdkafka.a(' in member
        if re.search(r'pb_', symbol) and ((rdkafka_asks and ours_given) or (edgespan_asks and rdkafka_given)):
            sys.exit(f'{by} got {symbol} from {member}')
    inside = sum(1 for name in theirs if name.startswith('pb_'))
    print(f'{len(mine)} names of ours, {inside} names of a nanopb in librdkafka, none shared')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) == 5 else sys.exit(__doc__)
