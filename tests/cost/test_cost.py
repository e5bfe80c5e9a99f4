#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What cost.py says of figures: they survive the page, and a growth or a missed bar is named."""

import unittest
from unittest import mock

import cost
import page

BEFORE = {'b3_parse': cost.Cost(1000, 500, 0, 0, 0), 'send_sampled': cost.Cost(2000, 1500, 2, 0, 0)}
BARE = {'b3_parse': cost.Cost(2001, 500, 0, 0, 0)}


class Costs(unittest.TestCase):
    def test_figures_survive_the_page(self):
        boards = {'a-board': ('gcc (15:12.2) 12', BEFORE), 'bare-board': ('gcc 13', BARE)}
        with mock.patch.object(page, 'read', lambda: ('', {page.COST: cost.section(boards)})):
            self.assertEqual(boards, cost.committed())

    def test_growth_of_two_percent_is_allowed(self):
        now = {'b3_parse': cost.Cost(1020, 500, 0, 0, 0)}
        self.assertEqual([], list(cost.grown('board', now, BEFORE)))

    def test_more_growth_is_named(self):
        now = {'b3_parse': cost.Cost(1021, 500, 0, 0, 0)}
        self.assertEqual(['board: b3_parse grew from 1,000 to 1,021 instructions'],
                         list(cost.grown('board', now, BEFORE)))

    def test_a_call_more_is_named(self):
        for added in (cost.Cost(2000, 1500, 3, 0, 0), cost.Cost(2000, 1500, 2, 1, 0), cost.Cost(2000, 1500, 2, 0, 1)):
            self.assertEqual(1, len(list(cost.grown('board', {'send_sampled': added}, BEFORE))))

    def test_a_new_row_is_named(self):
        self.assertEqual(['board: drain is new'], list(cost.grown('board', {'drain': BARE['b3_parse']}, BEFORE)))

    def test_bars_are_two_with_linux_and_four_without(self):
        self.assertEqual([], list(cost.missed('board', BEFORE)))
        slow = {**BEFORE, 'b3_parse': cost.Cost(1001, 500, 0, 0, 0)}
        self.assertEqual(['board: b3_parse is 2.00 times its floor; the bar is 2'], list(cost.missed('board', slow)))
        self.assertEqual(['bare: b3_parse is 4.00 times its floor; the bar is 4'], list(cost.missed('bare', BARE)))

    def test_every_row_of_the_page_has_its_readme(self):
        self.assertTrue(page.readme_has(cost.short(cost.committed())))


if __name__ == '__main__':
    unittest.main()
