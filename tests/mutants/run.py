#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: ./dev mutants [--sample N] [--seed S] [--fresh] [--list] [FILE or SUBJECT...]

Makes small changes to the agent's code, one at a time, and shows those that no test notices: the survivors. Each
change is built in build/mutants/ and judged by the tests of its subject (subjects.py). One that means the same stands
in equivalent/ with the reason; it is not made. One that does not compile is not counted.

  --sample N  of each file, N changes that count; the same ones for the same seed
  --seed S    which ones (1)
  --fresh     forget what earlier runs found; otherwise a change to an unchanged file is judged again only if it
              survived and its tests are others now
  --list      show the changes and make none

Exit code 0: of every subject at least 95 % are killed, 1: not, 2: bad usage.
"""

import argparse
import hashlib
import json
import os
import sys

import mutate
import subjects
import workshop

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FOLDER = os.path.join(ROOT, 'build', 'mutants')
KILLED_PERCENT_MIN = 95


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def equivalents(subject):
    """The names of the changes that mean the same, each with its reason. A file's name ends with a colon, and the
    changes to it follow. A reason is indented, below the changes that it is for."""
    path = os.path.join(HERE, 'equivalent', f'{subject.name}.txt')
    found, names, file = {}, [], ''
    for line in read(path).split('\n') if os.path.exists(path) else ():
        if line.startswith('  '):
            found.update((name, line.strip()) for name in names)
            names = []
        elif line.endswith(':'):
            file = line
        elif line and not line.startswith('#'):
            names.append(f'{file} {line}')
    if names:
        sys.exit(f'{path}: no reason for {names[0]}')
    return found


def digest(*texts):
    return hashlib.sha256('\0'.join(texts).encode()).hexdigest()[:16]


class Results:
    """What earlier runs found: a line a change, in a file that only grows."""

    def __init__(self, folder, fresh):
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(folder, 'results.jsonl')
        self.known = {}
        if fresh and os.path.exists(self.path):
            os.remove(self.path)
        for line in read(self.path).splitlines() if os.path.exists(self.path) else ():
            entry = json.loads(line)
            self.known[entry['name'], entry['text']] = entry

    def get(self, name, text, tests):
        entry = self.known.get((name, text))
        if entry and (entry['result'] != 'survived' or entry['tests'] == tests):
            return entry['result'], entry['by']
        return None

    def add(self, name, text, tests, result, by):
        entry = {'name': name, 'text': text, 'tests': tests, 'result': result, 'by': by}
        self.known[name, text] = entry
        with open(self.path, 'a', encoding='utf-8') as file:
            file.write(json.dumps(entry) + '\n')


class Tally:
    def __init__(self):
        self.killed, self.survivors = 0, []

    @property
    def counted(self):
        return self.killed + len(self.survivors)

    def add(self, other):
        self.killed += other.killed
        self.survivors += other.survivors

    def __str__(self):
        return f'{self.killed} of {self.counted} killed, {100 * self.killed / max(1, self.counted):.1f} %'

    def enough(self):
        return 100 * self.killed >= KILLED_PERCENT_MIN * self.counted


def judge_file(path, shop, options, results, known):
    text = read(os.path.join(ROOT, path))
    made = [m for m in mutate.mutants(path, text) if m.name not in known]
    tests = digest(*(read(os.path.join(ROOT, 'tests/unit', f'{test}.cpp')) for test in shop.subject.tests))
    if options.sample:
        made.sort(key=lambda m: digest(m.name, str(options.seed)))
    tally = Tally()
    for m in made:
        if options.sample and tally.counted == options.sample:
            break
        result, by = results.get(m.name, digest(text), tests) or shop.judge(m, text, digest(text), tests, results)
        if result == 'killed':
            tally.killed += 1
        elif result == 'survived':
            tally.survivors.append(m)
            print(f'{path}:{m.number}: survived: {m.name}', flush=True)
    print(f'{path}: {tally}', flush=True)
    return tally


class Shop:
    """A workshop that opens when there is something to do."""

    def __init__(self, subject, jobs):
        self.subject, self.jobs, self.open = subject, jobs, None

    def judge(self, mutant, text, text_digest, tests, results):
        if not self.open:
            self.open = workshop.Workshop(ROOT, FOLDER, self.subject, self.jobs)
            self.open.prepare()
        result, by = self.open.try_one(mutant, text)
        results.add(mutant.name, text_digest, tests, result, by)
        return result, by


def chosen(names):
    """(subject, its files) for what the user named, or for all."""
    left = {os.path.relpath(os.path.abspath(n), ROOT) if os.path.exists(n) else n for n in names}
    for subject in subjects.SUBJECTS:
        files = subjects.paths(ROOT, subject)
        some = files if not names or subject.name in left else [path for path in files if path in left]
        left -= {subject.name, *some}
        if some:
            yield subject, some
    if left:
        sys.exit(f'{", ".join(sorted(left))}: of no subject; see tests/mutants/subjects.py')


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split('\n\n', 1)[0][7:], description=__doc__.split('\n\n', 1)[1],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--sample', type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument('--seed', type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument('--jobs', type=int, default=len(os.sched_getaffinity(0)), help=argparse.SUPPRESS)
    parser.add_argument('--fresh', action='store_true', help=argparse.SUPPRESS)
    parser.add_argument('--list', action='store_true', help=argparse.SUPPRESS)
    parser.add_argument('names', nargs='*', help=argparse.SUPPRESS)
    options = parser.parse_args()
    results = Results(FOLDER, options.fresh)
    enough, lines = True, []
    for subject, files in list(chosen(options.names)):
        known, tally, shop = equivalents(subject), Tally(), Shop(subject, options.jobs)
        for path in files:
            if options.list:
                print('\n'.join(m.name for m in mutate.mutants(path, read(os.path.join(ROOT, path)))))
            else:
                tally.add(judge_file(path, shop, options, results, known))
        lines.append(f'{subject.name}: {tally}; {len(known)} listed as equivalent')
        enough = enough and tally.enough()
    if not options.list:
        print('\n'.join(lines))
    return 0 if enough else 1


if __name__ == '__main__':
    try:
        sys.exit(main())
    except workshop.Broken as why:
        sys.exit(f'the unchanged sources do not build or do not pass:\n{why}')
