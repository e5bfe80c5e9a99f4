#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: lint.py BUILD [PATH...]

Checks that every C and C++ file is laid out as .clang-format says, then runs clang-tidy with .clang-tidy over what
BUILD/compile_commands.json compiles of agent/ and port/, or of what begins as a PATH. tests/ are checked only if they
are named: Catch2's macros cost clang-tidy more time than all else.

Both tools come from PyPI in exactly VERSION, whatever the system has: layout and checks differ from release to release.
Tools and clean results are kept in ~/.cache/edgespan-lint (XDG_CACHE_HOME). A result is for the text of a file, of the
project's headers that it includes, its flags, the configuration and the compiler, so a second run checks what changed.
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

import tidy

ROOT = tidy.ROOT
VERSION = '14.0.6'
CACHE = os.path.join(os.environ.get('XDG_CACHE_HOME') or os.path.expanduser('~/.cache'), 'edgespan-lint')
KEPT_DAYS = 30
SOURCES = ('.cpp', '.hpp', '.c', '.h')
# gcc's options that clang knows and does nothing about, and its warnings that clang does not have.
WITHOUT_EFFECT = ('-Wno-unused-command-line-argument', '-Wno-ignored-optimization-argument',
                  '-Wno-unknown-warning-option')
# PyPI's clang-tidy comes without clang's own headers, such as stddef.h. Those of the build's compiler do, but for its
# intrinsics: clang-tidy is shown the portable code instead. ./dev clang compiles the other.
WITHOUT_INTRINSICS = '-U__SSE2__'
PRODUCT = ('agent/', 'port/')


def tool(name):
    """The path of a tool, which is fetched if this machine lacks it."""
    folder = os.path.join(CACHE, VERSION)
    path = os.path.join(folder, name.replace('-', '_'), 'data', 'bin', name)
    if not os.path.exists(path):
        print(f'lint: installing {name} {VERSION} with pip', flush=True)
        os.makedirs(folder, exist_ok=True)
        subprocess.run([sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps', '--upgrade', '--target', folder,
                        '--disable-pip-version-check', '--root-user-action=ignore', f'{name}=={VERSION}'], check=True)
    return path


def run(command, folder):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def layout(pool, paths):
    """What clang-format would change, as its own messages."""
    size = 40
    command = [tool('clang-format'), '--dry-run', '-Werror', '--style=file']
    done = pool.map(lambda at: run([*command, *paths[at:at + size]], ROOT), range(0, len(paths), size))
    return [line for one in done for line in one.stdout.split('\n') if 'error:' in line]


class Includes:
    """Which of the project's headers a file includes, directly or not. Their names are unique, so a name is enough."""

    def __init__(self, tree):
        self.tree = tree
        self.headers = {}
        for path in sorted(tree):
            if path.endswith(('.hpp', '.h')):
                self.headers.setdefault(path.rsplit('/', 1)[-1], []).append(path)

    def of(self, path):
        found, todo = set(), [path]
        while todo:
            for name in re.findall(r'#\s*include\s*[<"]([^>"]+)', self.tree[todo.pop()]):
                new = set(self.headers.get(name.rsplit('/', 1)[-1], ())) - found
                found |= new
                todo += new
        return sorted(found)


def flags(entry):
    """An entry's options for clang-tidy: the compiler, the launcher and the files go."""
    words = shlex.split(entry['command'])
    at = next(i for i, word in enumerate(words) if re.search(r'(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+)(?:-\d+)?$', word)
              and 'ccache' not in word)
    kept = words[at + 1:]
    for option in ('-o', '-MT', '-MF'):
        while option in kept:
            i = kept.index(option)
            del kept[i:i + 2]
    return words[at], [word for word in kept if word not in ('-MD', '-c', entry['file'])]


def entries(build, tree, wanted):
    """The first entry of each file that is wanted."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as file:
        found = {}
        for entry in json.load(file):
            path = os.path.relpath(entry['file'], ROOT).replace(os.sep, '/')
            if path in tree and path.startswith(wanted):
                found.setdefault(path, entry)
    return dict(sorted(found.items()))


@functools.lru_cache(None)
def builtin_headers(compiler):
    return subprocess.run([compiler, '-print-file-name=include'], stdout=subprocess.PIPE, text=True,
                          check=True).stdout.strip()


def check(entry, own, compiler, key):
    """clang-tidy's messages about one file; if there are none, that is remembered."""
    done = run([tool('clang-tidy'), '--quiet', '--config-file=' + os.path.join(ROOT, '.clang-tidy'), entry['file'],
                '--', *own, *WITHOUT_EFFECT, WITHOUT_INTRINSICS, '-isystem', builtin_headers(compiler)],
               entry['directory'])
    said = re.sub(r'^\d+ (?:warnings?|errors?).*\n|^Suppressed .*\n|^Use -header-filter.*\n', '', done.stdout,
                  flags=re.MULTILINE)
    if done.returncode == 0 and 'warning:' not in said:
        with tempfile.NamedTemporaryFile(dir=os.path.dirname(key), delete=False) as file:
            os.replace(file.name, key)
        return []
    found = re.split(r'^(?=\S+:\d+:\d+: (?:warning|error):)', said, flags=re.MULTILINE)
    return [message for message in found if message.strip()]


def checks(pool, build, tree, wanted):
    """clang-tidy's messages, each once, and how many files were looked at."""
    includes = Includes(tree)
    with open(os.path.join(ROOT, '.clang-tidy'), encoding='utf-8') as file:
        configuration = file.read()
    folder = os.path.join(CACHE, 'clean')
    os.makedirs(folder, exist_ok=True)
    tool('clang-tidy')
    work, known = [], 0
    for path, entry in entries(build, tree, wanted).items():
        compiler, own = flags(entry)
        text = '\0'.join([VERSION, configuration, builtin_headers(compiler), path, tree[path],
                          *(tree[header] for header in includes.of(path)), *own])
        text = text.replace(os.path.abspath(build), '@build').replace(ROOT, '@root')
        key = os.path.join(folder, hashlib.sha256(text.encode()).hexdigest())
        if os.path.exists(key):
            os.utime(key)
            known += 1
        else:
            work.append((entry, own, compiler, key))
    messages = [message for found in pool.map(lambda one: check(*one), work) for message in found]
    return list(dict.fromkeys(messages)), len(work), known


def forget_old():
    folder = os.path.join(CACHE, 'clean')
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if time.time() - os.path.getmtime(path) > KEPT_DAYS * 86400:
            os.remove(path)


def main(build, wanted):
    tree = tidy.repository()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ours = sorted(path for path in tree if path.endswith(SOURCES) and path.startswith(wanted or ('',)))
        wrong = layout(pool, ours)
        messages, looked, known = checks(pool, build, tree, wanted or PRODUCT)
    forget_old()
    print('\n'.join(wrong + messages).replace(ROOT + os.sep, ''))
    if wrong:
        print(f'lint: lay these files out anew with clang-format {VERSION}: {tool("clang-format")} -i FILE...')
    print(f'lint: {len(wrong)} places laid out otherwise; {looked} files checked, {known} known to be clean, '
          f'{len(messages)} messages')
    return 1 if wrong or messages else 0


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1]), tuple(sys.argv[2:])) if len(sys.argv) > 1 else __doc__)
