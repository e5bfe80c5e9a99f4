#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the agent's objects need from outside, and whether they hold initialised data.

usage: symbols.py NM READELF LIBRARY... [--canary LIBRARY]

Each symbol that an object leaves undefined must be defined by the agent or stand in ALLOWED; so an allocator,
operator new or delete, `__cxa_*` and `atexit` are found, and so is any function of a library that may allocate
inside. `.data` must be empty: what is initialised costs flash and RAM both. The canary is a library that breaks
every rule; if it passed, nothing would be checked.
"""

import os
import re
import subprocess
import sys

# None of these allocates, in any C library or on any target.
ALLOWED = {
    'every': (r'mem(cpy|move|set|cmp|chr)|str(len|cmp|ncmp|ncpy|chr)'
              r'|__(mem(cpy|move|set)|strncpy)_chk'  # the same, with _FORTIFY_SOURCE
              r'|_GLOBAL_OFFSET_TABLE_|__stack_chk_(fail|guard)|__tls_get_addr'),
    'core': r'',
    'http': r'',
    # Before the start, for settings: the port's files, and inih, of which a distribution's takes 200 bytes from the
    # heap. Built from source, its unused half reads files itself.
    'kit': r'_ZN8edgespan5posix\w+|ini_parse_stream|f(open|close|gets)|__ctype_b_loc',
    'kafka': r'rd_kafka_\w+',  # librdkafka allocates; what for, the README says
}
BANNED = ('malloc', 'strdup', 'free', '_Znwm', '_ZdlPvm', '__cxa_atexit', '.data')


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def symbols(nm, library):
    """(undefined, defined) names of an archive; undefined with the objects that want them."""
    undefined, defined, member = {}, set(), ''
    for line in run(nm, '--format=posix', library).splitlines():
        found = re.match(r'.*\[(.+)\]:$', line)
        if found:
            member = found.group(1)
            continue
        fields = line.split()
        if len(fields) >= 2 and fields[1] in 'Uw':
            undefined.setdefault(fields[0], []).append(member)
        elif len(fields) >= 2:
            defined.add(fields[0])
    return undefined, defined


def data_sections(readelf, library):
    """(object, section, bytes) of what is neither constant nor zero."""
    member = ''
    for line in run(readelf, '-SW', library).splitlines():
        found = re.match(r'File: .*\((.+)\)', line)
        if found:
            member = found.group(1)
        found = re.match(r'\s*\[ *\d+\]\s+(\.(?:data|tdata)\S*)\s+PROGBITS\s+\w+\s+\w+\s+(\w+)', line)
        if found and not found.group(1).startswith('.data.rel.ro') and int(found.group(2), 16) != 0:
            yield member, found.group(1), int(found.group(2), 16)


def kind(library):
    return re.sub(r'^libedgespan_|\.a$', '', os.path.basename(library))


def findings(nm, readelf, libraries, ours):
    """(what, where) of all that is not allowed."""
    for library in libraries:
        allowed = re.compile('|'.join(p for p in (ALLOWED['every'], ALLOWED.get(kind(library), '')) if p))
        undefined, _ = symbols(nm, library)
        for name, members in sorted(undefined.items()):
            if name not in ours and not allowed.fullmatch(name):
                yield name, f'{kind(library)}: {", ".join(members)}'
        for member, section, size in data_sections(readelf, library):
            yield '.data', f'{kind(library)}: {member} has {size} bytes in {section}'


def main():
    nm, readelf, *libraries = sys.argv[1:]
    canary = []
    if '--canary' in libraries:
        at = libraries.index('--canary')
        libraries, canary = libraries[:at], libraries[at + 1:]
    if not libraries or len(canary) != 1:
        sys.exit(__doc__)
    missed = set(BANNED) - {what for what, _ in findings(nm, readelf, canary, set())}
    if missed:
        sys.exit(f'the canary {canary[0]} was not found to use {sorted(missed)}: nothing is checked')
    ours = set().union(*(symbols(nm, library)[1] for library in libraries))
    wrong = list(findings(nm, readelf, libraries, ours))
    for what, where in wrong:
        print(f'{what} is not allowed, in {where}')
    print(f'{len(libraries)} libraries, {len(wrong)} findings')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
