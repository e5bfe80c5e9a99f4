#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: names.py NM OBJDUMP 32|64 PROGRAM... --archives ARCHIVE... --canary ARCHIVE COUNTER

What goes wrong on other processors than this one, and shows in names:
- a 64-bit value that takes a lock of libatomic's, which no program then says it needs: no ARCHIVE may call it, no
  PROGRAM hold or need it;
- an exception of libstdc++'s, where a compiler for size left a check of bounds in: no ARCHIVE of edgespan's may throw,
  as a static program would grow by 59 KiB;
- on 32 bits, a time that ends in 2038: no ARCHIVE, librdkafka and mbedTLS among them, may call a function of the C
  library that has a time of 32 bits. Only with _TIME_BITS=64 do they ask for those with 64;
- on 32 bits, a counter of librdkafka's that is read or written by halves: ldrexd and strexd must do it (counter.c).
The canary is an archive that does the first three wrong, and the counter without the definitions that librdkafka is
built with; if that were not found, nothing would be checked.
"""

import os
import re
import subprocess
import sys

# glibc has functions of its own whose names begin alike.
ATOMIC = re.compile(
    r'__atomic_(?:load|store|exchange|compare_exchange|is_lock_free|fetch_[a-z]+|[a-z]+_fetch)(?:_\d+)?')
THROW = re.compile(r'_ZSt\d+__throw_\w+|__cxa_throw')
# What glibc's headers give another name with _TIME_BITS=64.
TIME = re.compile(
    r'time|[gs]ettimeofday|clock_(?:gettime|getres|settime|nanosleep)|timespec_get|nanosleep|thrd_sleep|difftime'
    r'|(?:gmtime|localtime|ctime)(?:_r)?|mktime|timegm|utimes?|utimensat|futimens|[fl]?stat(?:64)?|fstatat(?:64)?'
    r'|select|pselect|ppoll|[gs]etsockopt|recvmsg|recvmmsg|sendmsg|sendmmsg|fcntl(?:64)?|ioctl|getrusage|wait[34]'
    r'|(?:cnd|mtx)_timed\w+|pthread_\w*(?:timed|clock)(?:wait|lock|join_np)|sem_(?:timed|clock)wait'
    r'|timer(?:fd)?_[gs]ettime')

# What reads and writes 64 bits at once on 32-bit ARM, in the functions of counter.c.
WHOLE = {'edgespan_abi_counter_read': 'ldrexd', 'edgespan_abi_counter_write': 'strexd'}


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def symbols(nm, file, *options):
    """(object, name without its version)"""
    member = ''
    for line in run(nm, *options, file).splitlines():
        words = line.split()
        if line.endswith(':'):
            member = line[:-1]
        elif len(words) > 1:
            yield member, words[-1].split('@')[0]


def called(nm, archive, pattern):
    """Sentences about functions of somebody else that this archive calls."""
    own = {name for _, name in symbols(nm, archive, '--defined-only')}
    return [f'{os.path.basename(archive)}: {member} calls {name}' for member, name in symbols(nm, archive, '-u')
            if name not in own and pattern.fullmatch(name)]


def tears(objdump, archive):
    functions = dict(re.findall(r'<(\w+)>:\n(.*?)(?:\n\n|\Z)', run(objdump, '-d', archive), re.S))
    return [f'{os.path.basename(archive)}: {function} has no {whole}: a counter of 64 bits by halves, or under a lock'
            for function, whole in WHOLE.items() if not re.search(rf'\b{whole}\b', functions[function])]


def findings(nm, objdump, bits, archives, programs, counting):
    yield [s for archive in archives for s in called(nm, archive, ATOMIC)] + \
          [f'{program}: has {name}' for program in programs for _, name in symbols(nm, program)
           if ATOMIC.fullmatch(name)]
    yield [s for archive in archives if 'libedgespan_' in archive for s in called(nm, archive, THROW)]
    if bits == '32':
        yield [s for archive in archives for s in called(nm, archive, TIME)]
        yield [s for archive in counting for s in tears(objdump, archive)]


def main(nm, objdump, bits, *files):
    archives, canary = files.index('--archives'), files.index('--canary')
    programs, archives, canary = files[:archives], files[archives + 1:canary], files[canary + 1:]
    for found in findings(nm, objdump, bits, canary, [], canary[1:]):
        if not found:
            sys.exit('the canary was not found out: nothing is checked')
        print(f'canary: {found[0]}')
    counters = [archive for archive in archives if 'edgespan_abi_counter' in archive]
    wrong = [s for found in findings(nm, objdump, bits, archives, programs, counters) for s in found]
    if wrong:
        sys.exit('\n'.join(wrong))
    print(f'{len(archives)} archives and {len(programs)} programs of {bits} bits, nothing found')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) > 8 else sys.exit(__doc__)
