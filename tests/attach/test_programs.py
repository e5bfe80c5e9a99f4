# SPDX-License-Identifier: Apache-2.0
"""Programs that nobody compiled for edgespan: kcat, rsyslog, and Python on Debian's and PyPI's confluent-kafka.

WHEELS: a folder with a folder of each release of PyPI's, as tests/attach/wheels.sh makes it.
"""

import json
import os
import re
import signal
import subprocess
import time
import unittest

from case import Case
from rsyslog import Rsyslog

PYTHON = '/usr/bin/python3'  # the system's, for which Debian has confluent_kafka
README = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../README.md')
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'program.py')


def shape(tree):
    """The words of each line, without ids and times."""
    tree = re.sub(r'\b[0-9a-f]{32}\b', 'ID', re.sub(r'\d+(?:\.\d+)? (?:µs|ms|s)\b', 'TIME', tree))
    return [line.split() for line in tree.splitlines()]


class Kcat(Case):
    def setUp(self):
        super().setUp()
        self.need('kcat')

    def kcat(self, *arguments, env=None, input=None):
        return self.run_program('kcat', '-b', self.brokers, '-t', self.topic, *arguments, env=env, input=input)

    def test_produce_and_consume_are_one_trace(self):
        paths = ('-X', f'plugin.library.paths={self.plugin}')
        self.assertEqual((0, '', ''), self.kcat('-P', '-K:', *paths, input='one:1\ntwo:2\n'))
        self.assertEqual((0, '', ''), self.kcat('-P', '-K:', env=self.preload(), input='three:3\n'))
        sent = self.spans(3)
        self.assertEqual({'one', 'two', 'three'}, {span.key for span in sent})
        ended = self.kcat('-C', '-e', '-q', '-f', '%k %h\n', *paths)
        self.assertEqual(0, ended.code)
        polled = self.spans(3)
        self.assertEqual({(s.trace, s.id) for s in sent}, {(p.trace, p.parent) for p in polled})
        shown = [line.split(' ')[1] for line in ended.out.splitlines()]
        self.assertEqual({f'b3={p.trace}-{p.id}-1,traceparent=00-{p.trace}-{p.id}-03' for p in polled}, set(shown))

    def test_a_wrong_setting_is_told_as_any_other(self):
        ended = self.kcat('-P', '-X', f'plugin.library.paths={self.plugin}', '-X', 'edgespan.flush=5', input='')
        self.assertEqual(1, ended.code)
        self.assertIn("edgespan.flush '5': has no unit", ended.err)


class Python:
    """Python on whichever confluent_kafka the class that inherits this one finds."""
    package = 'python3-confluent-kafka'
    folder = ''

    def setUp(self):
        super().setUp()
        if subprocess.run([PYTHON, '-c', 'import confluent_kafka'], capture_output=True, check=False,
                          env=self.settings()).returncode:
            if os.environ.get('ATTACH_ALL'):
                self.fail(f'{self.package} is not installed')
            self.skipTest(f'{self.package} is not installed')

    def settings(self, **made):
        env = super().settings(**made)
        return {**env, 'PYTHONPATH': self.folder} if self.folder else env

    def python(self, case, env=None, **properties):
        conf = {'bootstrap.servers': self.brokers, **properties}
        return self.run_program(PYTHON, SCRIPT, case, self.topic, json.dumps(conf), env=env)

    def both(self, case, **made):
        yield self.python(case, env=self.settings(**made), **{'plugin.library.paths': self.plugin})
        yield self.python(case, env=self.preload(**made))

    def test_poll_and_consume(self):
        for case in ('poll', 'consume'):
            plain = self.python(case)
            self.assertEqual(0, plain.code, plain)
            for ended in self.both(case):
                self.assertEqual(plain, ended)
                spans = self.spans(6)
                sent = {(s.trace, s.id) for s in spans if s.kind == 'PRODUCER'}
                self.assertEqual(3, len(sent))
                self.assertEqual(sent, {(s.trace, s.parent) for s in spans if s.kind == 'CONSUMER'})
            self.ask(self.topic + case)
            self.topic += case

    def test_a_forwarder_continues_the_trace_if_it_is_asked_to(self):
        for made, joined in (({}, False), ({'join': 'last_record'}, True)):
            for ended in self.both('forward', **made):
                self.assertEqual((0, ''), (ended.code, ended.err))
                spans = self.spans(9)
                polled = {(s.trace, s.id) for s in spans if s.kind == 'CONSUMER'}
                forwarded = {(s.trace, s.parent) for s in spans if s.kind == 'PRODUCER' and s.key == 'forwarded'}
                self.assertEqual(joined, polled == forwarded, spans)

    def test_the_readmes_lines_make_the_readmes_picture(self):
        with open(README, encoding='utf-8') as file:
            text = file.read()
        block = re.search(r"^```python\n(conf = .*?)^```$", text, re.DOTALL | re.MULTILINE).group(1)
        block = block.replace('localhost:9092', self.brokers).replace('http://localhost:9411', self.url)
        env = {**self.settings(), 'LD_LIBRARY_PATH': os.path.dirname(self.plugin)}
        for name in ('EDGESPAN_URL', 'EDGESPAN_SERVICE_NAME'):
            del env[name]
        self.ask('truck.cargo')
        consumer = block.replace('cold-chain', 'fleet-map')
        consumer = consumer.replace('Producer(conf)', "Consumer({**conf, 'group.id': 'g'})")
        for lines in (block + "producer.produce('truck.cargo', '-18.2', 'truck-9')\nproducer.flush(20)\n",
                      consumer + "producer.assign([confluent_kafka.TopicPartition('truck.cargo', 0, 0)])\n"
                                 'while producer.poll(1) is None: pass\nproducer.close()\n'):
            ended = self.run_program(PYTHON, '-c', 'import confluent_kafka\n' + lines, env=env)
            self.assertEqual((0, '', ''), ended)
        picture = re.findall(r'^trace [0-9a-f]{32}\n(?:[ │├└].*\n)+', text, re.MULTILINE)[1]
        self.assertEqual(shape(picture), shape(''.join(self.lines('trees'))))

    def test_forks(self):
        for case, spans in (('fork', 3), ('multiprocessing', 5)):
            plain = self.python(case)
            self.assertEqual(0, plain.code, plain)
            for ended in self.both(case):
                self.assertEqual(plain, ended)
                found = self.spans(spans)
                self.assertEqual(spans, len({s.trace for s in found}), found)

    def test_a_client_that_cannot_be_made_is_an_exception(self):
        """The same one with the same words; the program goes on, and its next client is traced."""
        plain = self.python('fail')
        self.assertEqual((0, ''), (plain.code, plain.err), plain)
        self.assertGreaterEqual(plain.out.count('Failed to create'), 30, plain)
        for ended in self.both('fail'):
            self.assertEqual(plain, ended)
            self.assertEqual('alive', self.spans(1)[0].key)
        self.assertEqual('alive=value\n' * 3, self.messages())

    def test_signals_end_it_as_before(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                conf = json.dumps({'bootstrap.servers': self.brokers, 'plugin.library.paths': self.plugin})
                child = subprocess.Popen([PYTHON, SCRIPT, 'stay', self.topic, conf], env=self.settings(),
                                         stdout=subprocess.PIPE, text=True)
                self.assertEqual('sent\n', child.stdout.readline())
                child.send_signal(number)
                self.assertEqual(-number, child.wait(30))
                child.stdout.close()
                self.ask('spans')


class DebiansPython(Python, Case):
    """Shares the system's librdkafka."""


class Wheel(Python):
    """PyPI's, with a librdkafka of its own that nobody else sees."""

    def test_two_copies_of_two_releases_in_one_process(self):
        plain = self.python('two')
        if plain.code == 9:
            self.skipTest('there is no librdkafka.so.1')
        self.assertEqual(0, plain.code, plain)
        ended = self.python('two', **{'plugin.library.paths': self.plugin})
        self.assertEqual(plain, ended)
        self.assertEqual(['shared', 'shared', 'wheel', 'wheel'], sorted(span.key for span in self.spans(4)))


# Before librdkafka 2.13, where a client that cannot be made needs our care, what it does was read and run in these.
class Wheel23(Wheel, Case):
    package, folder = 'confluent-kafka 2.3.0 of PyPI', os.path.join(os.environ['WHEELS'], '2.3.0')


class Wheel28(Wheel, Case):
    package, folder = 'confluent-kafka 2.8.0 of PyPI', os.path.join(os.environ['WHEELS'], '2.8.0')


class Wheel212(Wheel, Case):
    package, folder = 'confluent-kafka 2.12.1 of PyPI', os.path.join(os.environ['WHEELS'], '2.12.1')


class Wheel216(Wheel, Case):
    package, folder = 'confluent-kafka 2.16.1 of PyPI', os.path.join(os.environ['WHEELS'], '2.16.1')


class Daemon(Case):
    def test_rsyslog_sends_its_lines_traced(self):
        """By configuration and by preload, its messages are those that it sends by itself."""
        self.need('rsyslogd')
        param = f'confParam=["plugin.library.paths={self.plugin}"]'
        for spans, env, more in ((0, self.settings(), ''), (2, self.settings(), param), (2, self.preload(), '')):
            with self.subTest(more, preload='LD_PRELOAD' in env):
                self.topic += 'n'
                self.ask(self.topic)
                with Rsyslog(self.brokers, self.topic, more, env) as daemon:
                    daemon.log('one', 'two')
                    self.assertEqual('=one\n=two\n', self.messages_of(2))
                    found = self.spans(spans)
                self.assertEqual({('send', 'PRODUCER', 'attached', self.topic)} if spans else set(),
                                 {(s.name, s.kind, s.service, s.topic) for s in found})

    def messages_of(self, count):
        """The topic's messages, once there are so many."""
        last = time.monotonic() + 30
        while True:
            out = self.messages()
            if out.count('\n') >= count or time.monotonic() > last:
                return out
            time.sleep(0.1)


if __name__ == '__main__':
    unittest.main()
