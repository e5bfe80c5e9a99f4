#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which changes are made to a text, and that each one that is listed as equivalent still exists."""

import unittest

import mutate
import run
import subjects

TEXT = '''// a < b
#define LESS(a, b) ((a) < (b))
static_assert(1 < 2);
template <typename T>
bool less(const T& a, T* b) noexcept {
  EDGESPAN_ASSERT(a < 3 &&
                  *b < 4);
  if (!ready(a)) return false;
  for (int i = 0; i < 7; ++i) step(i);
  *b = a +
       'x' * 5;
  take("a < b", {
    .size = 0x10U,
  });
  const std::array<char, 9> kept{};
  T* const place = b;
  return a < *b && a != 0;  // true
}
'''


def whats(line):
    return [m.what for m in mutate.mutants('less.hpp', TEXT) if m.number == line]


class Mutants(unittest.TestCase):
    def test_each_kind_is_made(self):
        self.assertEqual(['! is removed', 'false becomes true'], whats(8))
        self.assertEqual(['0 becomes 1', '< becomes <=', '< becomes >=', '7 becomes 6', '7 becomes 8',
                          '++ becomes --', 'the statement is removed'], whats(9))
        self.assertEqual(['the statement is removed', '+ becomes -'], whats(10))
        self.assertEqual(['* becomes /', '5 becomes 4', '5 becomes 6'], whats(11))
        self.assertEqual(['the statement is removed'], whats(12))
        self.assertEqual(['0x10U becomes 15U', '0x10U becomes 17U'], whats(13))
        self.assertEqual(['returns {}', '< becomes <=', '< becomes >=', '&& becomes ||', '!= becomes ==',
                          '0 becomes 1'], whats(17))

    def test_what_is_left_alone(self):
        for line in (1, 2, 3, 4, 5, 6, 7, 15, 16):
            self.assertEqual([], whats(line))

    def test_lines_stay_where_they_are(self):
        for m in mutate.mutants('less.hpp', TEXT):
            changed = m.applied(TEXT)
            self.assertEqual(TEXT.count('\n'), changed.count('\n'))
            self.assertNotEqual(TEXT, changed)

    def test_a_name_survives_other_lines(self):
        names = [m.name for m in mutate.mutants('less.hpp', TEXT)]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(names, [m.name for m in mutate.mutants('less.hpp', '\n\n' + TEXT)])

    def test_equal_lines_have_a_number(self):
        names = [m.name for m in mutate.mutants('two.cpp', 'void f() {\n  go(1);\n}\nvoid g() {\n  go(1);\n}\n')]
        self.assertIn('two.cpp: go(1);: 1 becomes 2', names)
        self.assertIn('two.cpp: go(1); #2: 1 becomes 2', names)


class Equivalents(unittest.TestCase):
    def test_each_still_exists(self):
        for subject in subjects.SUBJECTS:
            known = set(run.equivalents(subject))
            for path in subjects.paths(run.ROOT, subject):
                known -= {m.name for m in mutate.mutants(path, run.read(f'{run.ROOT}/{path}'))}
            self.assertEqual(set(), known)

    def test_every_subject_has_files(self):
        for subject in subjects.SUBJECTS:
            self.assertTrue(subjects.paths(run.ROOT, subject))


if __name__ == '__main__':
    unittest.main()
