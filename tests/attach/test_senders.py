# SPDX-License-Identifier: Apache-2.0
"""The plugin's ways to a collector: TLS, with the roots that an operator names, and OTLP."""

import gzip
import os
import shutil
import tempfile
import unittest

from case import Case
from collectors import Collector, make_certificate, otlp_spans

PRODUCER = 4  # SpanKind of OTLP


class Senders(Case):
    def run_client(self, url, *properties, env=None, **made):
        return self.run_program(self.client, 'send', self.brokers, self.topic,
                                f'plugin.library.paths={self.plugin}', f'edgespan.url={url}',
                                *(f'edgespan.{name}={value}' for name, value in made.items()), *properties, env=env)

    def assert_sends_otlp(self, collector):
        (path, kind, body), = collector.wait(1)
        self.assertEqual(('/v1/traces', 'application/x-protobuf'), (path, kind))
        (service, name, span_kind, attributes), = otlp_spans(body)
        self.assertEqual(('attached', 'send', PRODUCER, self.topic),
                         (service, name, span_kind, attributes['kafka.topic']))


class Otlp(Senders):
    def test_spans_go_as_otlp(self):
        plain = self.run_program(self.client, 'send', self.brokers, self.topic)
        collector = Collector()
        self.assertEqual(plain, self.run_client('otlp://' + collector.place()))
        self.assert_sends_otlp(collector)
        collector.close()

    def test_the_variables_of_opentelemetry_name_a_collector_and_its_key(self):
        collector = Collector()
        env = self.settings()
        del env['EDGESPAN_URL']
        env['OTEL_EXPORTER_OTLP_ENDPOINT'] = f'http://{collector.place()}/'
        env['OTEL_EXPORTER_OTLP_HEADERS'] = 'Authorization=Bearer%20t0ken'
        ended = self.run_program(self.client, 'send', self.brokers, self.topic,
                                 f'plugin.library.paths={self.plugin}', env=env)
        self.assertEqual(0, ended.code, ended)
        self.assert_sends_otlp(collector)
        self.assertEqual('Bearer t0ken', collector.heads[0]['Authorization'])
        collector.close()

    def test_a_collector_gets_the_headers_that_it_asks_for(self):
        collector = Collector()
        self.run_client('http://' + collector.place(), http_headers='x-api-key=k%2cy,x-tenant=a')
        collector.wait(1)
        head, = collector.heads
        self.assertEqual(('k,y', 'a'), (head['x-api-key'], head['x-tenant']))
        collector.close()

    def test_a_header_that_is_wrong_is_refused_without_its_value(self):
        ended = self.run_client('http://127.0.0.1:1', http_headers='x-key=s3cret%0a')
        self.assertEqual(3, ended.code, ended)
        self.assertIn("edgespan.http_headers: 'x-key' has a control character in its value", ended.out)
        self.assertNotIn('s3cret', ended.out + ended.err)


def burst(case, url, **made):
    return case.run_program(case.client, 'burst', case.brokers, case.topic, f'plugin.library.paths={case.plugin}',
                            f'edgespan.url={url}', env=case.settings(**made))


@unittest.skipIf(os.environ['GZIP'] == 'OFF', 'the plugin was built without zlib')
class Packed(Senders):
    def test_requests_are_packed(self):
        for scheme in ('http', 'otlp'):
            with self.subTest(scheme):
                collector = Collector()
                ended = burst(self, f'{scheme}://{collector.place()}', gzip='on')
                self.assertEqual(0, ended.code, ended)
                collector.wait(1)
                self.assertEqual({'gzip'}, {head.get('Content-Encoding') for head in collector.heads})
                bodies = [gzip.decompress(body) for _, _, body in collector.posts]
                self.assertIn(self.topic.encode(), bodies[0])
                self.assertLess(3 * len(collector.posts[0][2]), len(bodies[0]))
                collector.close()


@unittest.skipUnless(os.environ['GZIP'] == 'OFF', 'the plugin was built with zlib')
class Unpacked(Senders):
    def test_packing_is_refused_but_for_programs_of_others(self):
        ended = self.run_client('http://127.0.0.1:1', gzip='on')
        self.assertEqual(3, ended.code, ended)
        self.assertIn("edgespan: gzip 'on': this plugin was built without zlib; leave it out", ended.out)
        collector = Collector()
        env = {**self.settings(), 'OTEL_EXPORTER_OTLP_COMPRESSION': 'gzip'}
        ended = self.run_client('http://' + collector.place(), env=env)
        self.assertEqual(0, ended.code, ended)
        collector.wait(1)
        self.assertIsNone(collector.heads[0].get('Content-Encoding'))
        collector.close()


@unittest.skipIf(os.environ['TLS'] == 'OFF', 'the plugin was built without TLS')
class Tls(Senders):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not shutil.which('openssl'):
            raise unittest.SkipTest('there is no openssl to make certificates')
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = make_certificate(cls.folder.name, 'server')
        cls.mine = make_certificate(cls.folder.name, 'mine')

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()
        super().tearDownClass()

    def test_zipkin_and_otlp_over_tls(self):
        for scheme, path in (('https', '/api/v2/spans'), ('otlps', '/v1/traces')):
            with self.subTest(scheme):
                collector = Collector(*self.server)
                ended = self.run_client(f'{scheme}://{collector.place()}', tls_ca=self.server[0])
                self.assertEqual((0, ''), (ended.code, ended.err), ended)
                self.assertEqual([path], [post[0] for post in collector.wait(1)])
                collector.close()

    def test_a_collector_may_ask_for_a_certificate(self):
        collector = Collector(*self.server, client_roots=self.mine[0])
        ended = self.run_client(f'https://{collector.place()}', tls_ca=self.server[0], tls_certificate=self.mine[0],
                                tls_key=self.mine[1])
        self.assertEqual((0, ''), (ended.code, ended.err), ended)
        self.assertEqual(1, len(collector.wait(1)))
        collector.close()

    def test_a_collector_with_another_root_gets_nothing(self):
        collector = Collector(*self.server)
        plain = self.run_program(self.client, 'send', self.brokers, self.topic)
        for made in ({'tls_ca': self.mine[0]}, {}):  # that root, and those of this system if it has any
            self.assertEqual(plain[:2], self.run_client(f'https://{collector.place()}', **made)[:2])
        self.assertEqual([], collector.posts)
        collector.close()

    def test_a_forked_child_has_a_connection_of_its_own(self):
        collector = Collector(*self.server)
        ended = self.run_program(self.client, 'forks', self.brokers, self.topic,
                                 f'plugin.library.paths={self.plugin}', f'edgespan.url=https://{collector.place()}',
                                 f'edgespan.tls_ca={self.server[0]}')
        self.assertEqual((0, ''), (ended.code, ended.err), ended)
        self.assertEqual(2, len(collector.wait(2)))
        collector.close()

    def test_files_that_are_wrong_are_told_at_once(self):
        junk = os.path.join(self.folder.name, 'junk')
        with open(junk, 'w', encoding='utf-8') as file:
            file.write('no certificate')
        root, mine, key = self.server[0], *self.mine
        rows = [({'tls_ca': '/nonexistent'}, "tls_ca '/nonexistent': no such file"),
                ({'tls_ca': self.folder.name}, f"tls_ca '{self.folder.name}': is no regular file"),
                ({'tls_ca': self.empty_file()}, 'is empty'),
                ({'tls_ca': junk}, f"tls_ca '{junk}': the roots cannot be read"),
                ({'tls_ca': root, 'tls_certificate': junk, 'tls_key': key},
                 f"tls_certificate '{junk}': the client's certificate cannot be read"),
                ({'tls_ca': root, 'tls_certificate': mine, 'tls_key': self.server[1]},
                 f"tls_certificate '{mine}': the key cannot be read, is encrypted, or belongs to another")]
        for made, sentence in rows:
            with self.subTest(sentence):
                ended = self.run_client('https://127.0.0.1:1', **made)
                self.assertEqual(3, ended.code, ended)
                self.assertIn(f'edgespan: {sentence}' if sentence.startswith('tls') else sentence, ended.out)

    def test_a_certificate_without_its_key_is_told_by_librdkafka(self):
        ended = self.run_client('https://127.0.0.1:1', tls_ca=self.server[0], tls_certificate=self.mine[0])
        self.assertEqual(0, ended.code, ended)  # it works, and is not traced
        self.assertIn('tls_certificate and tls_key go together', ended.err)

    def empty_file(self):
        path = os.path.join(self.folder.name, 'empty')
        open(path, 'w', encoding='utf-8').close()
        return path


@unittest.skipUnless(os.environ['TLS'] == 'OFF', 'the plugin was built with TLS')
class WithoutTls(Senders):
    def test_https_is_refused(self):
        ended = self.run_client('https://127.0.0.1')
        self.assertEqual(3, ended.code)
        self.assertIn("edgespan: url 'https://127.0.0.1': this plugin was built without TLS", ended.out)


if __name__ == '__main__':
    unittest.main()
