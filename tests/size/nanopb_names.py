#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: nanopb_names.py NM OURS LIBRDKAFKA [CANARY]

Librdkafka from 2.5 on carries a nanopb with global names, and a linker takes each function from whichever archive comes
first. The tool is a program with both: OURS must define no name that LIBRDKAFKA defines, nor leave one open. The canary
is the same nanopb without our names: were it not found to break the rule, nothing would be checked.
"""

import subprocess
import sys


def names(nm, archive, *options):
    text = subprocess.run([nm, '-g', *options, archive], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {line.split()[-1] for line in text.splitlines() if len(line.split()) > 1 and not line.endswith(':')}


def shared_names(nm, ours, librdkafka):
    """What OURS calls by a name that is not its own alone."""
    mine, theirs = names(nm, ours, '--defined-only'), names(nm, librdkafka, '--defined-only')
    wanted = {name for name in names(nm, ours, '--undefined-only') if name.startswith('pb_')}
    return [f'{ours} has {name}, and so has librdkafka' for name in sorted(mine & theirs)] + \
           [f'{ours} needs {name}, which another nanopb may have' for name in sorted(wanted)]


def main(nm, ours, librdkafka, canary=None):
    if not any(name.startswith('edgespan_pb_decode') for name in names(nm, ours, '--defined-only')):
        sys.exit(f'{ours} has no edgespan_pb_decode: is it nanopb under our names?')
    inside = sum(1 for name in names(nm, librdkafka, '--defined-only') if name.startswith('pb_'))
    if canary is not None:
        found = shared_names(nm, canary, librdkafka)
        if not found:
            sys.exit('the canary was not found out: nothing is checked')
        print(f'canary: {found[0]}')
    wrong = shared_names(nm, ours, librdkafka)
    if wrong:
        sys.exit('\n'.join(wrong))
    print(f'{inside} names of a nanopb in librdkafka, none shared')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) in (4, 5) else sys.exit(__doc__)
