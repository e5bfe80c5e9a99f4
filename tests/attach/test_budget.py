# SPDX-License-Identifier: Apache-2.0
"""What the plugin takes: the memory that `edgespan budget --plugin` names, and the traces that its presets allow."""

import json
import os
import re
import shutil
import tempfile
import unittest

from case import Case
from collectors import make_certificate


class Budget(Case):
    def stranger(self, **made):
        """An environment in which only the collector is made."""
        env = self.settings(**made)
        for name in ('EDGESPAN_SAMPLE', 'EDGESPAN_SERVICE_NAME'):
            env.pop(name)
        return env

    def planned(self, env):
        ended = self.run_program(os.environ['TOOL'], 'budget', '--plugin', '--json', env=env)
        self.assertEqual((0, ''), (ended.code, ended.err), ended)
        return json.loads(ended.out)

    def mapped(self, env):
        env = {**env, 'LD_PRELOAD': os.environ['MAPPED']}
        ended = self.run_program(self.client, 'send', self.brokers, self.topic,
                                 f'plugin.library.paths={self.plugin}', env=env)
        self.assertEqual(0, ended.code, ended)
        return int(re.search(r'^mapped (\d+)$', ended.err, re.MULTILINE).group(1))

    def test_the_presets_for_strangers(self):
        plan = self.planned(self.stranger())
        terms = plan['plugin_bytes']
        self.assertEqual(4_096 * 56, terms['messages in flight'])
        self.assertEqual(256 * 1_024 + 256 * 16, terms['ring'])  # and what the ring knows of each chunk
        self.assertEqual(plan['mapped_bytes'], sum(terms.values()))

    def test_the_plugin_maps_what_the_budget_says(self):
        for made in ({}, {'ring': '1 MiB', 'batch': '10000 B', 'inflight_max': '80'}, {'url': 'otlp://127.0.0.1:1'},
                     *([{'gzip': 'on'}] if os.environ['GZIP'] == 'ON' else [])):
            with self.subTest(made):
                env = self.stranger(**made)
                self.assertEqual(self.planned(env)['mapped_bytes'], self.mapped(env))

    @unittest.skipIf(os.environ['TLS'] == 'OFF' or not shutil.which('openssl'), 'without TLS or openssl')
    def test_tls_is_a_part_of_it(self):
        with tempfile.TemporaryDirectory() as folder:
            root, key = make_certificate(folder, 'root')
            env = self.stranger(url='https://127.0.0.1:1', tls_ca=root, tls_certificate=root, tls_key=key)
            plan = self.planned(env)
            self.assertIn('TLS', plan['plugin_bytes'])
            self.assertEqual(plan['mapped_bytes'], self.mapped(env))

    def test_a_stranger_has_a_hundred_traces_a_second(self):
        ended = self.run_program(self.client, 'burst', self.brokers, self.topic,
                                 f'plugin.library.paths={self.plugin}', env=self.stranger())
        self.assertEqual(0, ended.code, ended)
        seconds = int(re.search(r'^seconds (\d+)$', ended.out, re.MULTILINE).group(1))
        spans = len(self.spans_so_far(1))
        self.assertLessEqual(spans, 100 * (seconds + 2))
        self.assertGreaterEqual(spans, 10)


if __name__ == '__main__':
    unittest.main()
