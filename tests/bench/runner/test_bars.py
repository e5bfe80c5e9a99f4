#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bars must hold when they hold and be missed when they are, and the table must say so."""

import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from runner import bars, peers, readme, results, rows, table  # noqa: E402
from runner.samples import Figure, Samples  # noqa: E402


def row(name='r', **kinds):
    return rows.Row(name, f'title of {name}', 'ns', 'because', kinds)


def samples(*rounds):
    """Of dicts of name to value."""
    taken = Samples()
    for figures in rounds:
        taken.add_round([Figure(name, value) for name, value in figures.items()])
    return taken


def holds(kinds, *rounds, absent=()):
    return [verdict.holds for verdict in bars.judge([row(**kinds)], samples(*rounds), absent)]


class Bars(unittest.TestCase):
    def test_a_floor_and_a_plain_client_bound_from_above(self):
        for kind in ('floor', 'plain'):
            self.assertEqual(holds({kind: 2.0}, {'r/edgespan': 20, f'r/{kind}': 10}), [True])
            self.assertEqual(holds({kind: 2.0}, {'r/edgespan': 21, f'r/{kind}': 10}), [False])

    def test_brave_bounds_from_below(self):
        self.assertEqual(holds({'brave': 6.0}, {'r/edgespan': 10, 'r/brave': 60}), [True])
        self.assertEqual(holds({'brave': 6.0}, {'r/edgespan': 10, 'r/brave': 59}), [False])
        self.assertEqual(holds({'portable': 3.0}, {'r/edgespan': 1, 'r/portable': 10, 'r/brave': 29}), [False])

    def test_fastrace_bounds_from_below(self):
        self.assertEqual(holds({'fastrace': 2.0}, {'r/edgespan': 10, 'r/fastrace': 20}), [True])
        self.assertEqual(holds({'fastrace': 2.0}, {'r/edgespan': 10, 'r/fastrace': 19}), [False])
        self.assertEqual(holds({'fastrace': 2.0}, {'r/edgespan': 10}, absent={'fastrace'}), [])

    def test_a_row_may_be_bound_by_another(self):
        known = [row('one'), row('two', like=('one', 1.2))]
        for value, expected in ((12, True), (13, False)):
            taken = samples({'one/edgespan': 10, 'two/edgespan': value})
            self.assertEqual([verdict.holds for verdict in bars.judge(known, taken)], [expected])

    def test_all_peers_must_give_the_same_number(self):
        self.assertEqual(holds({'is': 135.0}, {'r/edgespan': 135, 'r/brave': 135, 'r/go': 135}), [True])
        self.assertEqual(holds({'is': 135.0}, {'r/edgespan': 135, 'r/brave': 135, 'r/go': 147}), [False])
        self.assertEqual(holds({'is': 135.0}, {'r/brave': 135}), [False])

    def test_what_was_not_measured_does_not_hold(self):
        self.assertEqual(holds({'floor': 2.0}, {'r/edgespan': 1}), [False])
        self.assertEqual(holds({'brave': 2.0, 'at_most': 9.0}, {}), [False, False])

    def test_a_peer_that_is_absent_has_no_bars(self):
        self.assertEqual(holds({'floor': 2.0, 'brave': 2.0}, {'r/edgespan': 1, 'r/floor': 1}, absent={'brave'}), [True])

    def test_no_allocation_is_allowed(self):
        for allocs, expected in ((0.0, True), (0.001, False)):
            taken = Samples()
            taken.add_round([Figure('r/edgespan', 1, allocs=allocs)])
            self.assertEqual([verdict.holds for verdict in bars.judge([row()], taken)], [expected])


class Medians(unittest.TestCase):
    def test_a_disturbed_round_does_not_count(self):
        taken = samples({'r/edgespan': 10, 'r/floor': 10}, {'r/edgespan': 90, 'r/floor': 10},
                        {'r/edgespan': 22, 'r/floor': 20})
        self.assertEqual(taken.value('r', 'edgespan'), 22)
        self.assertEqual(taken.ratio(('r', 'edgespan'), ('r', 'floor')), 1.1)

    def test_a_base_is_taken_off_within_its_round(self):
        taken = samples({'r/brave': 60, 'r/brave_base': 50}, {'r/brave': 120, 'r/brave_base': 100})
        self.assertEqual(taken.values('r', 'brave'), [10, 20])


class Input(unittest.TestCase):
    def test_rows_ini_is_sound(self):
        known = rows.load()
        self.assertIn('b3_parse', known)
        self.assertLessEqual(set(peers.Brave.rows) | set(peers.Fastrace.rows), set(known))

    def test_a_bar_needs_a_reason_and_a_known_key(self):
        for text, complaint in (('[r]\ntitle = t\nfloor = 2\n', 'without a reason'),
                                ('[r]\ntitle = t\nwhy = w\nceiling = 2\n', 'unknown key: ceiling'),
                                ('[r]\ntitle = t\nwhy = w\nlike = s 2\n', 'compared with s')):
            with tempfile.NamedTemporaryFile('w', suffix='.ini') as file:
                file.write(text)
                file.flush()
                with self.assertRaisesRegex(ValueError, complaint):
                    rows.load(file.name)

    def test_a_section_may_be_a_family_of_rows(self):
        with tempfile.NamedTemporaryFile('w', suffix='.ini') as file:
            file.write('[r_{a|b}_{1|2}_x]\ntitle = {1} with {2}\nplain = 2\nwhy = w\n')
            file.flush()
            known = rows.load(file.name)
        self.assertEqual([(name, row.title) for name, row in known.items()], [
            ('r_a_1_x', 'a with 1'), ('r_a_2_x', 'a with 2'), ('r_b_1_x', 'b with 1'), ('r_b_2_x', 'b with 2')])
        self.assertEqual([row.bars for row in known.values()], [{'plain': 2.0}] * 4)

    def test_google_benchmark_is_read(self):
        run = {'run_name': 'r/edgespan/threads:2', 'aggregate_name': 'median', 'time_unit': 'us', 'real_time': 9.0,
               'cpu_time': 2.0, 'allocs': 0.0}
        printed = json.dumps({'benchmarks': [run, dict(run, run_name='s/floor/manual_time'), dict(run, value=135.0),
                                             dict(run, aggregate_name='mean')]})
        self.assertEqual([(figure.name, figure.value, figure.allocs) for figure in peers.google_figures(printed)],
                         [('r/edgespan', 2000.0, 0.0), ('s/floor', 9000.0, 0.0), ('r/edgespan', 135.0, 0.0)])
        self.assertEqual(list(peers.google_figures('')), [])


class Table(unittest.TestCase):
    def test_it_shows_what_holds_and_what_does_not(self):
        known = [row(floor=2.0, brave=6.0, plain=1.2)]
        taken = samples({'r/edgespan': 15, 'r/floor': 10, 'r/brave': 60, 'r/plain': 10})
        (line,) = table.lines(known, taken, list(bars.judge(known, taken)))
        self.assertEqual(line, ('title of r', '15.0', '10.0', '1.50 (<= 2)', '60.0', '4.00 (>= 6) MISSED', '', '',
                                '1.50 x plain (<= 1.2) MISSED'))
        self.assertIn('| title of r | 15.0 | 10.0 |', list(table.markdown([line]))[2])

    def test_peers_with_few_rows_stand_in_the_last_column(self):
        known = [row(fastrace=2.0)]
        taken = samples({'r/edgespan': 10, 'r/fastrace': 43, 'r/otel_cpp': 61})
        (line,) = table.lines(known, taken, list(bars.judge(known, taken)))
        self.assertEqual(line[8], 'fastrace 43.0; opentelemetry-cpp 61.0; fastrace takes 4.30 x as much (>= 2)')

    def test_a_figure_that_a_bar_needs_is_named_missing(self):
        known = [row(floor=2.0)]
        (line,) = table.lines(known, samples({}), list(bars.judge(known, samples({}))))
        self.assertEqual(line[3], '(<= 2) missing')


class Readme(unittest.TestCase):
    titles = [rows.load()[name].title for name in readme.SHOWN]

    def results(self):
        lines = ['|  | edgespan | floor | Brave | allocations: ours, Brave, Go |', '|---|--:|--:|--:|--:|']
        return '\n'.join([*lines, *(f'| {title} | 9 | 8 | 99 | 0, 104 B, 3 |' for title in self.titles)]) + '\n'

    def test_its_rows_follow_the_results(self):
        text = '\n'.join(f'| {title} | old |' for title in self.titles)
        new = readme.updated(text, self.results())
        self.assertEqual(new.split('\n'), [f'| {title} | 9 | 8 | 99 | 104 B |' for title in self.titles])
        self.assertEqual(readme.updated(new, self.results()), new)

    def test_a_row_that_is_not_there_is_named(self):
        with self.assertRaisesRegex(ValueError, 'README.md has 0 rows'):
            readme.updated('', self.results())
        text = '\n'.join(f'| {title} | old |' for title in self.titles)
        with self.assertRaisesRegex(ValueError, 'RESULTS.md lacks'):
            readme.updated(text, self.results().replace(self.titles[2], 'another'))


class Results(unittest.TestCase):
    def test_a_processor_has_one_part_and_the_newest_stands_first(self):
        page = results.updated('', 'one', 'a\n')
        page = results.updated(page, 'two', 'b')
        self.assertEqual(page, results.HEAD + '\n## two\n\nb\n\n## one\n\na\n')
        self.assertEqual(results.updated(page, 'one', 'c'), results.HEAD + '\n## one\n\nc\n\n## two\n\nb\n')


if __name__ == '__main__':
    unittest.main()
