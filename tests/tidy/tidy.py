#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads every file of the repository and says where it breaks a rule of rules.py or structure.py, and the subject of
every commit (commits.py).

First each file of canary/ must be found out: a rule that finds nothing there would find nothing anywhere. A
canary begins with `expect:`, the rules that it breaks, and `path:`, where it pretends to be; a further `path:` begins
a further file; `repeat: N` repeats its last line.
"""

import os
import sys

import commits
import rules

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# Not ours to judge: other people's text, data, and what is wrong on purpose.
SKIPPED = ('LICENSE', 'tests/golden/', 'tests/fuzz/seeds/', 'tests/tidy/canary/', 'tests/interop/target/',
           'tests/target/canary.txt')
SKIPPED_FOLDERS = ('.git', '__pycache__')


def repository():
    tree = {}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS and not f.startswith('build')]
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), ROOT).replace(os.sep, '/')
            if path == '.git' or path.startswith(SKIPPED) or name.endswith('.swp'):
                continue
            try:
                with open(os.path.join(folder, name), encoding='utf-8', newline='') as file:
                    tree[path] = file.read()
            except UnicodeDecodeError:
                sys.exit(f'{path}: not UTF-8')
    return tree


def canary(text):
    """The tree that a canary stands for, and the rules that it must break."""
    tree, expected, repeat, path = {}, set(), 0, None
    for line in text.split('\n'):
        key, _, value = line.partition(': ')
        if key == 'expect':
            expected = set(value.split()) - {'nothing'}
        elif key == 'repeat':
            repeat = int(value)
        elif key == 'path':
            if path:
                tree[path].append('')
            path = value.strip()
            tree[path] = []
        else:
            tree[path].append(line)
    if repeat:
        kept = tree[path][:-1]
        tree[path] = kept + kept[-1:] * repeat + ['']
    return {name: '\n'.join(lines) for name, lines in tree.items()}, expected


def canaries():
    """What is wrong with the rules themselves, one sentence each."""
    folder = os.path.join(HERE, 'canary')
    broken = set()
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding='utf-8', newline='') as file:
            tree, expected = canary(file.read())
        found = {rule for _, _, rule, _ in rules.check(tree)}
        broken |= expected
        if found != expected:
            yield f'canary/{name}: must break {sorted(expected)}, was found to break {sorted(found)}'
        if any('// bad' in text for text in tree.values()):
            yield from _each_line(name, tree)
    names = {'licence', 'file', 'line', 'blank', 'function', 'include', 'banned', 'marker', 'private', 'host', 'dead',
             'nolint', 'glossary', 'dialect', 'core', 'home', 'header', 'public'}
    for rule in sorted(names - broken):
        yield f'canary/: no canary for the rule {rule}'


def _each_line(name, tree):
    """Every line of a canary that says `bad` must be found, and no other."""
    bad = {(path, number) for path, text in tree.items() for number, line in enumerate(text.split('\n'), 1)
           if '// bad' in line}
    found = {(path, number) for path, number, _, _ in rules.check(tree)}
    for path, number in sorted(bad ^ found):
        yield f'canary/{name}: line {number} of the pretended {path} is judged wrongly'


def main():
    problems = list(canaries())
    for problem in problems:
        print(problem)
    tree = repository()
    findings = rules.check(tree)
    for path, line, rule, what in findings:
        print(f'{path}:{line}: [{rule}] {what}')
    subjects = list(commits.check(ROOT))
    for subject in subjects:
        print(subject)
    print(f'{len(tree)} files, {len(findings) + len(subjects)} findings, {len(problems)} canaries misjudged')
    return 1 if findings or subjects or problems else 0


if __name__ == '__main__':
    sys.exit(main())
