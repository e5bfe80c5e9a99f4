# SPDX-License-Identifier: Apache-2.0
"""usage: parts.py NM PLAIN ASKING

A program that does not ask for OpenTelemetry's spelling and for OTLP carries neither, and is told which setting needs
what it lacks. One that asks has both."""

import subprocess
import sys
import unittest

# What each part has and no other one.
OF_PARTS = ("put_otel_send", "put_otel_poll", "fill_otel", "OtlpDialect::encode", "otlp_detail")


class Parts(unittest.TestCase):
    nm = plain = asking = None

    def carried(self, program):
        names = subprocess.run([self.nm, "-C", program], check=True, stdout=subprocess.PIPE, text=True).stdout
        return [part for part in OF_PARTS if part in names]

    def answer(self, program, exit_code):
        done = subprocess.run([program], check=False, stdout=subprocess.PIPE, text=True, timeout=30)
        self.assertEqual(done.returncode, exit_code, done.stdout)
        return done.stdout.splitlines()

    def test_who_does_not_ask_carries_none(self):
        self.assertEqual(self.carried(self.plain), [])

    def test_who_asks_carries_all(self):
        self.assertEqual(self.carried(self.asking), list(OF_PARTS))

    def test_a_part_that_is_missing_is_named_by_its_setting(self):
        self.assertEqual(self.answer(self.plain, 1), [
            "kafka.semantics: this program does not link OpenTelemetry's; call link_otel_semantics() before start",
            "http.dialect: otlp:// and /v1/traces need it; give the table of an edgespan::OtlpDialect"])

    def test_a_part_that_was_asked_for_serves(self):
        self.assertEqual(self.answer(self.asking, 0), ["ok", "ok"])


if __name__ == "__main__":
    Parts.nm, Parts.plain, Parts.asking = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
