# SPDX-License-Identifier: Apache-2.0
"""`edgespan doctor` against a Zipkin, a Collector and a Kafka that are well, and beside them."""

from case import SPANS_S, InteropCase
from collector_case import CollectorCase
from servers import wait_until


class Examination:
    def examined(self, url, exit_code=0, options=()):
        result = self.edgespan.run(["doctor", url] + list(options))
        self.assertEqual(result.exit_code, exit_code, str(result))
        steps = {line.text[:12].strip(): line.text[12:].split(None, 1) for line in result.lines}
        for name, (verdict, _) in steps.items():
            self.assertTrue(verdict == "ok" or exit_code, name + ": " + str(result))
        return steps


class Doctor(Examination, InteropCase):
    def test_zipkin_takes_the_posts_and_shows_the_span(self):
        steps = self.examined(self.world.zipkin.url)
        self.assertEqual(["resolve", "connect", "clock", "empty post", "round trip"], list(steps))
        self.assertIn("found again", steps["round trip"][1])
        self.assertIn("agrees", steps["clock"][1])
        self.spans_expected += 1

    def test_a_wrong_path_is_told(self):
        for path in ("/api/v2/spans/", "/zipkin/api/v2/spans", "/api/v1"):
            steps = self.examined(self.world.zipkin.url + path, exit_code=1)
            self.assertEqual("FAILED", list(steps.values())[-1][0], path)

    def test_zipkin_gets_the_span_that_was_put_on_its_topic(self):
        before = self.api.spans_received()
        steps = self.examined("kafka://%s/zipkin" % self.world.kafka.brokers)
        self.assertEqual(["resolve", "connect", "topic", "round trip"], list(steps))
        wait_until(lambda: self.api.spans_received() > before, SPANS_S, "the doctor's span")
        self.spans_expected += 1

    def test_a_topic_that_is_missing_is_told(self):
        steps = self.examined("kafka://%s/%s" % (self.world.kafka.brokers, self.unique("missing")), exit_code=1)
        self.assertEqual("FAILED", steps["topic"][0])


class DoctorOfCollector(Examination, CollectorCase):
    def test_the_collector_takes_the_posts_by_both_receivers(self):
        for receiver in ("otlp", "zipkin"):
            steps = self.examined(self.collector.url(receiver))
            self.assertEqual(["resolve", "connect", "clock", "empty post", "round trip"], list(steps))
            self.assertRegex(steps["round trip"][1], "was taken; (nobody here|this collector does not) answer")
            self.arrivals_expected += 1

    def test_the_other_receiver_is_told(self):
        """A Zipkin's receiver answers 202 whatever the path, which is no reply of OTLP."""
        ports = self.collector.ports
        for url, said in (("http://127.0.0.1:%d" % ports["otlp"], "status 404"),
                          ("http://127.0.0.1:%d/v1/traces" % ports["zipkin"], "no reply of OTLP"),
                          ("otlp://127.0.0.1:%d/v1/spans" % ports["otlp"], "status 404")):
            verdict, text = self.examined(url, exit_code=1)["empty post"]
            self.assertEqual("FAILED", verdict, url)
            self.assertIn(said, text)
