# SPDX-License-Identifier: Apache-2.0
"""edgespan attach, and edgespan doctor for a program."""

import os
import shutil
import tempfile
import unittest

from case import Case

TOOL, CONTAINERS = os.environ['TOOL'], os.environ['CONTAINERS']
OPENER, RDKAFKA = os.environ['OPENER'], os.environ['RDKAFKA']
LINK = 'link it with -rdynamic (Go: -extldflags=-rdynamic, Rust: -C link-arg=-rdynamic)'


class Tool(Case):
    def tool(self, *arguments):
        env = self.settings()
        del env['EDGESPAN_URL'], env['EDGESPAN_SAMPLE'], env['EDGESPAN_SERVICE_NAME']
        return self.run_program(TOOL, *arguments, env=env)

    def doctor(self, program):
        ended = self.tool('doctor', program)
        return ended.code, [line.split()[:2] for line in ended.out.splitlines()], ended.err

    def test_the_doctor_tells_how_a_program_can_be_traced(self):
        good = [['program', 'ok'], ['librdkafka', 'ok'], ['traced', 'ok']]
        bad = [*good[:2], ['traced', 'FAILED']]
        rows = [(self.client, good, ''),
                (CONTAINERS + 'plain', good, ''),
                (CONTAINERS + 'exporting', good, ''),
                (CONTAINERS + 'stripped', bad, LINK),
                (CONTAINERS + 'static', bad, 'link it dynamically'),
                ('/nonexistent', [['program', 'FAILED']], 'give its path, or a name that the shell finds')]
        for program, steps, advice in rows:
            with self.subTest(program):
                code, found, err = self.doctor(program)
                self.assertEqual((0 if steps == good else 1, steps), (code, found), err)
                self.assertIn(advice, err)

    def test_the_doctor_names_the_librdkafka_and_the_way(self):
        out = self.tool('doctor', self.client).out
        self.assertRegex(out, r'librdkafka +ok .* \S+/librdkafka\.so\.1\n')
        self.assertIn('by edgespan attach, and by plugin.library.paths=edgespan-rdkafka', out)
        self.assertIn('by its own configuration', self.tool('doctor', CONTAINERS + 'plain').out)

    def test_a_program_that_opens_librdkafka_is_reached_by_configuration_alone(self):
        run = lambda *more, env=None: self.run_program(OPENER, RDKAFKA, self.brokers, self.topic, *more, env=env)
        plain = run()
        self.assertEqual((0, 'flush: NO_ERROR\n'), plain[:2], plain)
        self.assertEqual(plain, run(env=self.preload()))  # dlsym() does not ask a preload
        self.spans(0)
        self.assertEqual(plain, run(f'plugin.library.paths={self.plugin}'))
        self.assertEqual('opened', self.spans(1)[0].key)
        out = self.tool('doctor', OPENER).out
        self.assertRegex(out, r'librdkafka +ok .* one that the program opens itself, by dlopen\(\)\n')
        self.assertIn('by its own configuration: plugin.library.paths=edgespan-rdkafka; no preload comes before', out)
        ended = self.tool('attach', '--', OPENER, RDKAFKA, self.brokers, self.topic)
        self.assertEqual((1, ''), ended[:2], ended)
        self.assertIn('is reached by its own configuration: plugin.library.paths=edgespan-rdkafka', ended.err)

    def test_interpreters_whose_modules_no_preload_reaches(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, way in (('php8.2', 'by its own'), ('ruby3.1', 'by its own'), ('dotnet', 'by its own'),
                              ('node', 'by edgespan attach'), ('python3', 'by edgespan attach')):
                path = shutil.copy('/bin/true', os.path.join(folder, name))
                with self.subTest(name):
                    self.assertIn(way, self.tool('doctor', path).out)

    def test_a_script_is_its_interpreter(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'script')
            with open(path, 'w', encoding='utf-8') as file:
                file.write('#!/usr/bin/env python3\n')
            os.chmod(path, 0o755)
            out = self.tool('doctor', path).out
            self.assertIn('script, a script of python3', out)
            self.assertIn('it may open one later', out)

    def test_attach_runs_a_program_traced(self):
        plain = self.run_program(self.client, 'send', self.brokers, self.topic)
        ended = self.tool('attach', '-s', f'url={self.url}', '-s', 'edgespan.service_name=by-the-tool', '-s',
                          'sample=always', '--', self.client, 'send', self.brokers, self.topic)
        self.assertEqual(plain[:2], ended[:2])
        self.assertTrue(ended.err.startswith(f'edgespan: {self.client} is traced by '), ended.err)
        self.assertEqual(1, ended.err.count('\n'), ended.err)
        self.assertEqual('by-the-tool', self.spans(1)[0].service)

    def test_attach_refuses_what_it_cannot_reach_and_settings_that_are_wrong(self):
        rows = [(1, ('--', CONTAINERS + 'stripped'), LINK),
                (1, ('--', CONTAINERS + 'plain'), 'by its own configuration: plugin.library.paths=edgespan-rdkafka'),
                (1, ('--', '/nonexistent'), 'no such program'),
                (2, ('-s', 'flush=5', '--', self.client), "edgespan.flush '5': has no unit"),
                (2, ('--plugin', '/nonexistent', '--', self.client), '--plugin: there is no file /nonexistent')]
        for code, arguments, sentence in rows:
            with self.subTest(arguments):
                ended = self.tool('attach', *arguments)
                self.assertEqual((code, ''), ended[:2], ended)
                self.assertIn(sentence, ended.err)


if __name__ == '__main__':
    unittest.main()
