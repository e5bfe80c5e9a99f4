# SPDX-License-Identifier: Apache-2.0
"""Faults: whatever fails, a program ends, prints and sends what it would by itself; by the plugin and by LD_PRELOAD.

Signals and forks stand in test_lifecycle.py, clients that cannot be made in test_client.py and test_programs.py.
"""

import contextlib
import os
import re
import socket
import tempfile
import threading
import unittest

from case import Case

URL_RULE = 'not a URL that spans can be sent to'


@contextlib.contextmanager
def server(answer):
    """The address of one that accepts and then does what `answer` does with the connection."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, contextlib.suppress(OSError):
                    answer(connection)
        threading.Thread(target=serve, daemon=True).start()
        yield f'127.0.0.1:{listener.getsockname()[1]}'
        listener.shutdown(socket.SHUT_RDWR)


def replying(text):
    def answer(connection):
        connection.recv(65_536)
        connection.sendall(text)
    return answer


class Faults(Case):
    def setUp(self):
        super().setUp()
        self.seen = []

    def run_client(self, case, *properties, env=None, brokers=None):
        return self.run_program(self.client, case, brokers or self.brokers, self.topic, *properties, env=env)

    def fresh(self):
        Case.topics += 1
        self.topic = f'topic{Case.topics}'
        self.seen += self.ask(self.topic)  # the spans of before

    def outcome(self, case, *properties, env=None, brokers=None):
        """How the program ended, and what it has sent to a topic of its own."""
        self.fresh()
        ended = self.run_client(case, *properties, env=env, brokers=brokers)
        return ended, self.messages()

    def assert_as_plain(self, case, *properties, brokers=None, **made):
        """By the plugin and by the preload, with these settings, it does what it does by itself."""
        plain = self.outcome(case, *properties, brokers=brokers)
        ways = (((f'plugin.library.paths={self.plugin}', *properties), self.settings(**made)),
                (properties, self.preload(**made)))
        for given, env in ways:
            with self.subTest(case, preload='LD_PRELOAD' in env, **made):
                self.assertEqual(plain, self.outcome(case, *given, env=env, brokers=brokers))
        return plain

    def test_without_a_broker(self):
        (ended, messages) = self.assert_as_plain('send', 'message.timeout.ms=100', 'log_level=0', brokers='127.0.0.1:1')
        self.assertEqual((0, ''), (ended.code, messages))
        spans = self.seen + self.spans(1)
        self.assertEqual(['_MSG_TIMED_OUT'] * 2, [span.error for span in spans])
        self.assertGreaterEqual(min(int(span.us) for span in spans), 100_000)  # as long as the message was on its way

    def test_without_a_collector(self):
        for url in ('http://127.0.0.1:1', 'otlp://127.0.0.1:1'):
            _, messages = self.assert_as_plain('turns', url=url, exit_wait='200 ms')
            self.assertEqual('turns=value\n' * 2, messages)

    def test_with_a_collector_that_is_none(self):
        answers = {'closes': lambda connection: None,
                   'another protocol': replying(b'220 mail.example ESMTP\r\n'),
                   'an error': replying(b'HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n'),
                   'a login page': replying(b'HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\n\r\n'),
                   'an endless answer': replying(b'HTTP/1.1 200 OK\r\nX: ' + b'x' * 100_000)}
        for name, answer in answers.items():
            with self.subTest(name), server(answer) as place:
                self.assert_as_plain('turns', url=f'http://{place}', exit_wait='200 ms')

    def wrong_settings(self, folder):
        """What is made of settings, and what is said of it."""
        def file(name, text):
            path = os.path.join(folder, name)
            with open(path, 'w', encoding='utf-8') as out:
                out.write(text)
            return path
        of_file = {'unit.ini': ('flush = 5\n', "unit.ini:1: flush '5': has no unit"),
                   'key.ini': ('\nulr = x\n', 'key.ini:2: ulr: no setting has this name; did you mean url?'),
                   'value.ini': ('enabled = maybe\n', "value.ini:1: enabled 'maybe': write on or off"),
                   'section.ini': ('[servce x]\nflush = 1 s\n', 'section.ini:2: [servce x]: no section has this name'),
                   'pair.ini': ('retry_min = 10 min\n', "retry_max '5 min': write no less than retry_min"),
                   'syntax.ini': ('flush\n', 'syntax.ini:1: is neither `name = value` nor `[section]`')}
        for name, (text, sentence) in of_file.items():
            yield {'config': file(name, text)}, sentence
        yield {'config': os.path.join(folder, 'none.ini')}, 'none.ini: no such file'
        yield {'config': folder}, 'is no regular file'
        yield {'flush': '5'}, "EDGESPAN_FLUSH '5': has no unit"
        yield {'flsh': '5 s'}, 'EDGESPAN_FLSH: no setting has this name; did you mean EDGESPAN_FLUSH?'
        yield {'url': 'ftp://x'}, f"EDGESPAN_URL 'ftp://x': {URL_RULE}"
        yield {'sample': '101 %'}, "EDGESPAN_SAMPLE '101 %': write always, never"
        yield {'ring': '1 KiB'}, "EDGESPAN_RING '1 KiB': write a whole number of B, KiB or MiB, 4 KiB to 64 MiB"
        yield {'propagation': 'jaeger'}, "EDGESPAN_PROPAGATION 'jaeger': write b3"
        yield {'http_headers': 'no pair'}, "EDGESPAN_HTTP_HEADERS: 'no pair' is no name of a header"

    def test_settings_that_are_wrong(self):
        """The plugin's client is told so when it is configured; a preloaded program goes on, untraced."""
        plain, messages = self.outcome('send')
        with tempfile.TemporaryDirectory() as folder:
            for made, sentence in self.wrong_settings(folder):
                with self.subTest(sentence):
                    refused, nothing = self.outcome('send', f'plugin.library.paths={self.plugin}',
                                                    env=self.settings(**made))
                    self.assertEqual((3, '', ''), (refused.code, refused.err, nothing))
                    self.assertIn('edgespan: ', refused.out)
                    self.assertIn(sentence, refused.out)
                    ended, sent = self.outcome('send', env=self.preload(**made))
                    self.assertEqual((plain[:2], messages), (ended[:2], sent))
                    self.assertIn(sentence, ended.err)
                    # Beside that sentence it prints what it prints by itself.
                    self.assertEqual(plain.err, re.sub(r'edgespan: .*; this program is not traced\n', '', ended.err))
        self.spans(0)
        self.assertEqual([], self.seen)


if __name__ == '__main__':
    unittest.main()
