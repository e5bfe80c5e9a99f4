#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: toolchains/sources.py FOLDER

Fills FOLDER with the archives of dependencies.txt, out of the source packages of Debian, for machines that reach a
mirror of Debian and no other part of the internet; then configure with -DEDGESPAN_DEPS=source and
-DEDGESPAN_DEPS_DIR=FOLDER. Any user can run it: apt works on lists of its own inside FOLDER, made from the system's
sources with the suites' names replaced, and the system's own lists stay as they are. What is there already is not
asked for again; what Debian has replaced meanwhile is named, and left to upstream.
"""

import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# The oldest first: what is in a stable release stays there for years.
SUITES = ('bookworm', 'trixie', 'forky', 'sid')


def wanted():
    """The files of Debian that dependencies.txt names, with their hashes."""
    with open(os.path.join(HERE, 'dependencies.txt'), encoding='utf-8') as file:
        lines = [line.split() for line in file if not line.startswith('#')]
    found = {}
    for words in lines:
        if len(words) == 3:
            sha256 = words[2]
        elif '/' not in words[0]:
            found[words[0]] = sha256
    return found


def matches(path, sha256):
    if not os.path.exists(path):
        return False
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest() == sha256


def mirrors():
    """Address and keyring of each mirror of Debian that the system has."""
    found = []
    for path in ['/etc/apt/sources.list'] + sorted(glob.glob('/etc/apt/sources.list.d/*')):
        if not path.endswith(('.list', '.sources')) or not os.path.exists(path):
            continue
        with open(path, encoding='utf-8') as file:
            text = re.sub(r'^#.*\n', '', file.read(), flags=re.M)
        key = re.search(r'signed-by[:=]\s*(/[^\s\]]+)', text, re.I)
        for address in re.findall(r'\b[a-z+]+:/[^\s\]]+/debian/?(?=\s)', text):
            found.append((address, key.group(1) if key else '/usr/share/keyrings/debian-archive-keyring.gpg'))
    return list(dict.fromkeys(found))


def private_apt(folder):
    """An apt of our own in `folder`; gives the words that begin each of its commands."""
    where = mirrors()
    if not where:
        sys.exit('sources: this system has no mirror of Debian in /etc/apt')
    for name in ('lists/partial', 'cache/archives/partial'):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    with open(os.path.join(folder, 'sources.list'), 'w', encoding='utf-8') as file:
        for address, key in where:
            for suite in SUITES:
                file.write(f'deb-src [signed-by={key}] {address} {suite} main\n')
    with open(os.path.join(folder, 'apt.conf'), 'w', encoding='utf-8') as file:
        file.write(f'Dir::State::lists "{folder}/lists";\nDir::Cache "{folder}/cache";\n'
                   f'Dir::Etc::sourcelist "{folder}/sources.list";\nDir::Etc::sourceparts "/dev/null";\n'
                   'APT::Sandbox::User "";\nAcquire::Languages "none";\n')
    return ['-c', os.path.join(folder, 'apt.conf')]


def run(command, folder):
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)


def package_of(name, sha256, apt, folder):
    """`package=version` of a source package that carries this file with these bytes."""
    source = name.split('_')[0]
    for entry in run(['apt-cache', *apt, 'showsrc', source], folder).stdout.split('\n\n'):
        if re.search(rf'^ {sha256} \d+ {re.escape(name)}$', entry, re.M):
            return f'{source}=' + re.search(r'^Version: (.+)$', entry, re.M).group(1)
    return None


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = os.path.abspath(sys.argv[1])
    os.makedirs(folder, exist_ok=True)
    missing = {name: sha256 for name, sha256 in wanted().items() if not matches(os.path.join(folder, name), sha256)}
    if not missing:
        return
    inside = os.path.join(folder, 'apt')
    apt = private_apt(inside)
    updated = run(['apt-get', *apt, 'update'], inside)
    lost = []
    for name, sha256 in sorted(missing.items()):
        package = package_of(name, sha256, apt, inside)
        if package:
            print(f'sources: {name} from {package}', flush=True)
            run(['apt-get', *apt, 'source', '--download-only', '--tar-only', package], folder)
        if not matches(os.path.join(folder, name), sha256):
            lost.append(name)
    shutil.rmtree(inside)
    if lost:
        print(updated.stdout, file=sys.stderr)
        sys.exit('sources: no source package has the pinned bytes of ' + ', '.join(lost) + '; the rest is there')


if __name__ == '__main__':
    main()
