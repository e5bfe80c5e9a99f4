#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads every file of the repository and says where it breaks a rule of rules.py.

First each file of canary/ must be found out: a rule that finds nothing there would find nothing anywhere. A
canary begins with `path:`, where it pretends to be, and `expect:`, the rules that it breaks; `repeat: N` repeats
its last line.
"""

import os
import sys

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
    fields, lines = {}, text.split('\n')
    while ': ' in lines[0] and lines[0].split(':')[0] in ('path', 'expect', 'repeat'):
        key, value = lines.pop(0).split(': ', 1)
        fields[key] = value.strip()
    body = '\n'.join(lines)
    if 'repeat' in fields:
        kept = body.rstrip('\n').split('\n')
        body = '\n'.join(kept + kept[-1:] * int(fields['repeat'])) + '\n'
    expected = set(fields['expect'].split()) - {'nothing'}
    return {fields['path']: body}, expected


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
        if 'banned' in expected:
            yield from _each_line(name, tree)
    names = {'licence', 'file', 'line', 'blank', 'function', 'include', 'banned', 'marker', 'private', 'host', 'dead'}
    for rule in sorted(names - broken):
        yield f'canary/: no canary for the rule {rule}'


def _each_line(name, tree):
    """Every line of a canary that says `bad` must be found, and no other."""
    (path, text), = tree.items()
    bad = {number for number, line in enumerate(text.split('\n'), 1) if '// bad' in line}
    found = {number for _, number, rule, _ in rules.check(tree) if rule == 'banned'}
    for number in sorted(bad ^ found):
        yield f'canary/{name}: line {number} of the pretended {path} is judged wrongly'


def main():
    problems = list(canaries())
    for problem in problems:
        print(problem)
    tree = repository()
    findings = rules.check(tree)
    for path, line, rule, what in findings:
        print(f'{path}:{line}: [{rule}] {what}')
    print(f'{len(tree)} files, {len(findings)} findings, {len(problems)} canaries misjudged')
    return 1 if findings or problems else 0


if __name__ == '__main__':
    sys.exit(main())
