# SPDX-License-Identifier: Apache-2.0
"""A program in C that knows nothing of edgespan, by the plugin and by LD_PRELOAD."""

import os
import re
import shutil
import tempfile
import time
import unittest

from case import Case


class Client(Case):
    def run_client(self, case, *properties, env=None):
        return self.run_program(self.client, case, self.brokers, self.topic, *properties, env=env)

    def both(self, case, *properties):
        """By the plugin, then by the preload; one after the other."""
        yield self.run_client(case, *properties, f'plugin.library.paths={self.plugin}')
        yield self.run_client(case, *properties, env=self.preload())

    def plain(self, case, *properties):
        ended = self.run_client(case, *properties)
        self.assertEqual(0, ended.code, ended)
        return ended

    def test_both_ways_trace_and_change_nothing_else(self):
        plain = self.plain('send')
        self.assertEqual(plain, self.run_client('send', f'plugin.library.paths={self.plugin}'))
        self.assertEqual(plain, self.run_client('send', env=self.preload()))
        first, second = self.spans(2)
        for span in (first, second):
            self.assertEqual(('send', 'PRODUCER', 'attached', None, self.topic, 'send', None),
                             (span.name, span.kind, span.service, span.parent, span.topic, span.key, span.error))
        self.assertNotEqual(first.trace, second.trace)

    def test_where_it_is_installed_its_short_name_finds_it(self):
        env = {**self.settings(), 'LD_LIBRARY_PATH': os.path.dirname(self.plugin)}
        self.assertEqual(self.plain('send'), self.run_client('send', 'plugin.library.paths=edgespan-rdkafka', env=env))
        self.spans(1)

    def test_both_ways_together_trace_once(self):
        self.assertEqual(self.plain('send'), self.run_client('send', f'plugin.library.paths={self.plugin}',
                                                             env=self.preload()))
        self.spans(1)

    def test_a_consumer_continues_the_trace(self):
        for _ in range(2):
            self.run_client('send', f'plugin.library.paths={self.plugin}')
        sent = self.spans(2)
        plain = self.plain('consume', 'group.id=g')
        for ended in self.both('consume', 'group.id=g'):
            self.assertEqual(plain, ended)
            polled = self.spans(2)
            self.assertEqual({(s.trace, s.id) for s in sent}, {(p.trace, p.parent) for p in polled})
            self.assertEqual({('poll', 'CONSUMER')}, {(p.name, p.kind) for p in polled})

    def test_life_cycles(self):
        for case, spans in (('dup', 1), ('emptied', 1), ('turns', 2), ('leave', 1)):
            with self.subTest(case):
                plain = self.plain(case)
                self.assertEqual(plain, self.run_client(case, f'plugin.library.paths={self.plugin}'))
                self.spans(spans)

    def test_two_files_of_the_plugin_trace_once(self):
        with tempfile.TemporaryDirectory() as folder:
            twin = shutil.copy(self.plugin, os.path.join(folder, 'twin.so'))
            self.assertEqual(self.plain('send'), self.run_client(
                'send', f'plugin.library.paths={twin};{self.plugin};{twin}'))
            self.spans(1)
            # One by each way.
            self.assertEqual(self.plain('send'), self.run_client('send', f'plugin.library.paths={self.plugin}',
                                                                 env={**self.settings(), 'LD_PRELOAD': twin}))
            self.spans(1)

    def test_a_client_that_cannot_be_made_ends_no_program(self):
        plain = self.plain('fail', 'log_level=0')
        self.assertEqual('', plain.err)
        again = plain.out.count('flush')
        self.assertGreater(again, 0)
        for ended in self.both('fail', 'log_level=0'):
            self.assertEqual(plain, ended)
            self.spans(again)
        self.assertEqual(plain, self.run_client('fail', 'log_level=0', f'plugin.library.paths={self.plugin}',
                                                'edgespan.propagation=b3,b3_multi'))
        self.spans(again)
        self.assertEqual('again=value\n' * 4 * again, self.messages())

    def test_a_librdkafka_that_cannot_be_made_safe_is_refused_unless_that_is_accepted(self):
        run = lambda version, env=None: self.run_program(os.environ['STUBBORN'], version, self.plugin, env=env)
        ended = run('020c01ff')
        self.assertEqual((0, ''), (ended.code, ended.err), ended)
        self.assertTrue(ended.out.startswith('-1 edgespan: with this librdkafka, which is older than 2.13, '), ended)
        self.assertIn('set edgespan.accept_crash_on_failed_client to on if you accept that', ended.out)
        self.assertEqual((0, '0 \n', ''), run('020c01ff', self.settings(accept_crash_on_failed_client='on')))
        self.assertEqual((0, '0 \n', ''), run('020d00ff'))

    def test_a_librdkafka_that_hides_its_functions_is_refused_with_what_to_do(self):
        run = lambda kind, env: self.run_program(os.environ['STUBBORN'] + kind, '020d00ff', self.plugin, env=env)
        # Another one that shows its functions to everybody does not count.
        for env in (self.settings(), {**self.settings(), 'LD_PRELOAD': os.environ['RDKAFKA']}):
            with self.subTest(beside_another='LD_PRELOAD' in env):
                self.assertEqual((0, '0 \n', ''), run('_exporting', env))
                ended = run('_hiding', env)
                self.assertEqual((0, ''), (ended.code, ended.err), ended)
                self.assertRegex(ended.out, '^-1 edgespan: link edgespan_attach_stubborn_hiding with -rdynamic: it '
                                            'contains librdkafka, is stripped, and shows no rd_kafka_')

    def test_sections_of_a_file_are_for_their_program_and_their_service(self):
        plain, env = self.plain('send'), self.settings()
        for name in ('URL', 'SAMPLE', 'SERVICE_NAME'):
            del env['EDGESPAN_' + name]
        whole = (f'url = {self.url}\nsample = always\nservice_name = all\n'
                 '[program another]\nservice_name = another\n'
                 f'[program {os.path.basename(self.client)}]\nservice_name = mine\n'
                 '[service all]\nsample = never\n')
        with tempfile.TemporaryDirectory() as folder:
            for text, services in ((whole, ['mine']), (whole + '[service mine]\nsample = never\n', [])):
                env['EDGESPAN_CONFIG'] = os.path.join(folder, 'edgespan.ini')
                with open(env['EDGESPAN_CONFIG'], 'w', encoding='utf-8') as file:
                    file.write(text)
                self.assertEqual(plain, self.run_client('send', f'plugin.library.paths={self.plugin}', env=env))
                self.assertEqual(services, [span.service for span in self.spans(len(services))])

    def test_every_way_to_consume(self):
        """By each call of librdkafka the records are the same, but for a header, and each has a span."""
        for _ in range(3):
            self.run_client('send', f'plugin.library.paths={self.plugin}')
        sent = self.spans(3)
        for way in ('consumer_poll', 'event', 'consume_queue', 'consume_callback_queue', 'consume_batch_queue',
                    'consume', 'consume_callback', 'consume_batch'):
            run = lambda *properties, env=None, way=way: self.run_program(
                os.environ['WAYS'], way, self.brokers, self.topic, '3', *properties, env=env)
            plain = run()
            self.assertEqual((0, 'send 2\n' * 3, ''), plain)
            for traced in ({'properties': [f'plugin.library.paths={self.plugin}']}, {'env': self.preload()}):
                with self.subTest(way, preload='env' in traced):
                    self.assertEqual(plain, run(*traced.get('properties', ()), env=traced.get('env')))
                    polled = self.spans(3)
                    self.assertEqual({('poll', 'CONSUMER', self.topic)}, {(p.name, p.kind, p.topic) for p in polled})
                    self.assertEqual({(s.trace, s.id) for s in sent}, {(p.trace, p.parent) for p in polled})

    def test_a_client_without_a_configuration(self):
        plain, ended = self.plain('default'), self.run_client('default', env=self.preload())
        self.assertEqual(plain[:2], ended[:2])
        # librdkafka numbers clients; before 2.13 the plugin tries one out.
        words = [re.sub(r'^%.*#producer-\d+', '', text) for text in (plain.err, ended.err)]
        self.assertEqual(words[0], words[1])

    def test_settings_that_are_wrong_are_told(self):
        rows = [('flush=5', "edgespan.flush '5': has no unit; write ms, s, min or h behind the number"),
                ('ulr=x', 'edgespan.ulr: no setting has this name; did you mean edgespan.url?'),
                ('inflight_max=9', "edgespan.inflight_max '9': write a whole number, 8 to 1048576, a multiple of 8")]
        for property_, sentence in rows:
            with self.subTest(property_):
                ended = self.run_client('send', f'plugin.library.paths={self.plugin}', f'edgespan.{property_}')
                self.assertEqual(3, ended.code)
                self.assertIn('edgespan: ' + sentence, ended.out)
        ended = self.run_client('send', f'plugin.library.paths={self.plugin}', env=self.settings(flush='5'))
        self.assertEqual(3, ended.code)
        self.assertIn("edgespan: EDGESPAN_FLUSH '5': has no unit", ended.out)

    def test_a_pair_of_settings_may_come_in_either_order(self):
        plain = self.plain('send')
        pair = ['edgespan.retry_min=10 min', 'edgespan.retry_max=20 min']
        for properties in (pair, pair[::-1]):
            ended = self.run_client('send', f'plugin.library.paths={self.plugin}', *properties)
            self.assertEqual(plain, ended)
            self.spans(1)

    def test_a_pair_that_is_wrong_is_told_once_the_client_is_made(self):
        ended = self.run_client('send', f'plugin.library.paths={self.plugin}', 'edgespan.retry_max=10 s',
                                'edgespan.retry_min=11 s')
        self.assertEqual(self.plain('send')[:2], ended[:2])
        self.assertIn("edgespan.retry_max: retry_max '10 s': write no less than retry_min, which is 11 s", ended.err)
        self.spans(0)

    def test_a_property_that_was_refused_changes_no_other_setting(self):
        """The program goes on with the configuration that refused it."""
        plain = self.plain('tolerant', 'log_level=0')
        ended = self.run_client('tolerant', 'log_level=0', f'plugin.library.paths={self.plugin}', 'edgespan.flush=5',
                                env=self.settings(service_name='kept'))
        self.assertEqual(plain[:2], ended[:2])
        self.assertEqual('kept', self.spans(1)[0].service)

    def test_a_preloaded_program_with_wrong_settings_runs_untraced(self):
        ended = self.run_client('turns', env=self.preload(flush='5'))
        self.assertEqual((0, self.plain('turns').out), (ended.code, ended.out))
        self.assertEqual(1, ended.err.count('edgespan: '), ended.err)
        self.assertIn("EDGESPAN_FLUSH '5': has no unit", ended.err)
        self.spans(0)

    def test_switched_off_it_does_nothing(self):
        plain = self.plain('send')
        self.assertEqual(plain, self.run_client('send', f'plugin.library.paths={self.plugin}',
                                                'edgespan.enabled=off'))
        self.spans(0)

    def test_without_a_collector_nothing_waits_for_it(self):
        plain = self.plain('turns')
        began = time.monotonic()
        ended = self.run_client('turns', f'plugin.library.paths={self.plugin}', 'edgespan.url=http://127.0.0.1:1',
                                'edgespan.exit_wait=20 s')
        self.assertEqual(plain, ended)
        self.assertLess(time.monotonic() - began, 20)  # one refused offer ends all waiting

    def test_an_empty_program_starts_with_the_preload(self):
        self.assertEqual((0, '', ''), self.run_program('/bin/true', env=self.preload()))


if __name__ == '__main__':
    unittest.main()
