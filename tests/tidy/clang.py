#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: clang.py CLANG BUILD...

Compiles the agent and its ports once more with a second compiler, for the target and with the flags of each build, and
the tool and the tests for the first build that has them, and throws the result away: what counts are the warnings,
which are errors.
"""

import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Options of gcc's that clang knows and does nothing about.
WITHOUT_EFFECT = ('-Wno-unused-command-line-argument', '-Wno-ignored-optimization-argument')


def unknown_to(clang, words):
    """Those of gcc's options that clang refuses."""
    said = subprocess.run([clang, '-fsyntax-only', *words, '-x', 'c++', os.devnull], stderr=subprocess.PIPE, text=True,
                          check=False).stderr
    return set(re.findall(r"unknown argument: '([^']+)'", said))


def command(entry, clang, dropped):
    words = shlex.split(entry['command'])
    at = next(i for i, word in enumerate(words) if re.search(r'(?:gcc|g\+\+|cc|c\+\+)$', word) and 'ccache' not in word)
    found = re.search(r'([\w-]+)-(?:gcc|g\+\+)$', os.path.basename(words[at]))
    flags = [word for word in words[at + 1:] if word not in dropped]
    for option in ('-o', '-MT', '-MF'):
        while option in flags:
            i = flags.index(option)
            del flags[i:i + 2]
    flags = [flag for flag in flags if flag not in ('-MD', '-c')]
    target = [f'--target={found.group(1)}'] if found else []
    if found and found.group(1).startswith('arm-none-eabi'):
        target += newlib(words[at], flags)
    driver = ['--driver-mode=g++'] if entry['file'].endswith('.cpp') else ['-x', 'c']
    return [clang, *driver, *target, '-Werror', *WITHOUT_EFFECT, '-fsyntax-only', *flags]


def newlib(compiler, flags):
    """Where that gcc has its headers: clang does not look there."""
    which = [flag for flag in flags if flag.startswith(('-mcpu', '-mthumb', '-mfloat', '-mfpu'))]
    text = subprocess.run([compiler, *which, '-x', 'c++', '-E', '-v', '/dev/null'], stderr=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, text=True, check=True).stderr
    inside = text.split('#include <...> search starts here:')[1].split('End of search list')[0].split()
    folders = [os.path.normpath(folder) for folder in inside]
    # Not gcc's own: clang has those of its own compiler.
    return [word for folder in folders if '/lib/gcc/' not in folder for word in ('-isystem', folder)]


def main(clang, builds):
    entries, seen = [], set()
    for build in builds:
        with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
            for entry in json.load(file):
                path = os.path.relpath(entry['file'], ROOT)
                library = path.startswith(('agent/', 'port/')) and not path.startswith('agent/cli/')
                key = (build if library else '', path)
                if path.startswith(('agent/', 'port/', 'tests/')) and key not in seen:
                    entries.append(entry)
                    seen.add(key)
    if not entries:
        sys.exit('clang: nothing to compile')
    dropped = unknown_to(clang, {w for e in entries for w in shlex.split(e['command']) if w.startswith(('-f', '-W'))})
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(lambda e: subprocess.run(command(e, clang, dropped), cwd=e['directory'], stdout=subprocess.PIPE,
                                                 stderr=subprocess.STDOUT, text=True, check=False), entries)
        bad = [run for run in runs if run.returncode != 0]
    for run in bad:
        print(run.stdout)
    print(f'clang: {len(entries)} files for {len(builds)} builds, {len(bad)} with errors or warnings')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], sys.argv[2:]) if len(sys.argv) > 2 else __doc__)
