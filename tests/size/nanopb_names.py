#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: nanopb_names.py NM OURS LIBRDKAFKA MAP [--canary OURS MAP]

Librdkafka from 2.5 on carries a nanopb with global names, and a linker takes each function from whichever archive comes
first. In a program with both, OURS must define no name that LIBRDKAFKA defines, nor leave one open; and by the
program's link MAP no member of one archive was taken for the other. The canary is the same nanopb without our names, in
a program with that librdkafka: were it not found to break both rules, nothing would be checked.
"""

import re
import subprocess
import sys

import linkmap


def names(nm, archive, *options):
    text = subprocess.run([nm, '-g', *options, archive], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {line.split()[-1] for line in text.splitlines() if len(line.split()) > 1 and not line.endswith(':')}


def shared_names(nm, ours, librdkafka):
    """What OURS calls by a name that is not its own alone."""
    mine, theirs = names(nm, ours, '--defined-only'), names(nm, librdkafka, '--defined-only')
    wanted = {name for name in names(nm, ours, '--undefined-only') if name.startswith('pb_')}
    return [f'{ours} has {name}, and so has librdkafka' for name in sorted(mine & theirs)] + \
           [f'{ours} needs {name}, which another nanopb may have' for name in sorted(wanted)]


def served_by_the_other(link_map):
    """Functions that the linker took from the wrong archive, as far as its map tells: it names who asked first."""
    taken = list(linkmap.taken(link_map))
    found = [f'{by} got {symbol} from {member}' for member, by, symbol in taken
             if re.match(r'(?:edgespan_)?pb_', symbol) and ('librdkafka.a(' in by) != ('librdkafka.a(' in member)]
    encoders = {member for member, _, _ in taken if member.endswith('(pb_encode.c.o)')}
    if len(encoders) == 1:
        found.append(f'{encoders.pop()} serves the whole program')
    return found


def main(nm, ours, librdkafka, link_map, *canary):
    if not any(name.startswith('edgespan_pb_encode') for name in names(nm, ours, '--defined-only')):
        sys.exit(f'{ours} has no edgespan_pb_encode: is it nanopb under our names?')
    inside = sum(1 for name in names(nm, librdkafka, '--defined-only') if name.startswith('pb_'))
    if canary:
        _, plain, plain_map = canary
        for found in (shared_names(nm, plain, librdkafka), served_by_the_other(plain_map)):
            if not found:
                sys.exit('the canary was not found out: nothing is checked')
            print(f'canary: {found[0]}')
    wrong = shared_names(nm, ours, librdkafka) + (served_by_the_other(link_map) if inside else [])
    if wrong:
        sys.exit('\n'.join(wrong))
    print(f'{inside} names of a nanopb in librdkafka, none shared')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) in (5, 8) else sys.exit(__doc__)
