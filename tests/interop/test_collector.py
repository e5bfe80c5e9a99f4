# SPDX-License-Identifier: Apache-2.0
"""The OpenTelemetry Collector: whatever way spans take to it, over OTLP or over Zipkin, the same arrives."""

import re
import urllib.error
import urllib.request

from case import otel_tags, poll, process, send
from collector import SMALL_BYTES, as_zipkin_has_it, canonical
from collector_case import ARRIVE_S, CollectorCase, LongRun
from servers import wait_until
from trees import ANY, Expected


def in_order(found):
    return sorted((canonical(*span) for span in found), key=lambda span: (span["traceId"], span["spanId"]))


class SameRun(CollectorCase):
    """A run whose ids and times are the same each time, so that nothing has to be left out of the comparison."""

    def test_arrives_alike_over_otlp_and_over_zipkin(self):
        over_otlp, over_zipkin = in_order(self.same_run("otlp")), in_order(self.same_run("zipkin"))
        self.assertEqual(len(over_otlp), len(over_zipkin))
        for one, other in zip(over_otlp, over_zipkin):
            self.assertEqual(one, other)
        # It has what makes the comparison worth its name.
        self.assertEqual({span.get("kind", 0) for span in over_otlp}, {0, 2, 3, 4, 5})
        self.assertEqual(sum(1 for span in over_otlp if span["status"].get("code") == 2), 4)
        self.assertTrue(any(span["events"] for span in over_otlp))
        self.assertTrue({"send", "poll"} < {span.get("name") for span in over_otlp})

    def test_arrives_alike_in_opentelemetrys_spelling(self):
        over_otlp = in_order(self.same_run("otlp", semantics="otel"))
        over_zipkin = in_order(self.same_run("zipkin", semantics="otel"))
        self.assertEqual(len(over_otlp), len(over_zipkin))
        for one, other in zip(over_otlp, over_zipkin):
            self.assertEqual(as_zipkin_has_it(one), as_zipkin_has_it(other))
        kinds = {span["name"]: span["kind"] for span in over_otlp if span.get("name", "").endswith(" Truck.Cargo")}
        self.assertEqual(kinds, {"send Truck.Cargo": 4, "poll Truck.Cargo": 3, "process Truck.Cargo": 5})
        sent = [dict(span["attributes"]) for span in over_otlp if span.get("name") == "send Truck.Cargo"]
        self.assertEqual(sorted(of.get("messaging.kafka.offset", "none") for of in sent),
                         ["none", '{"intValue": "0"}', '{"intValue": "1"}'])
        self.assertEqual([of["error.type"] for of in sent if "error.type" in of],
                         ['{"stringValue": "TOPIC_AUTHORIZATION_FAILED"}'])
        self.assertEqual([of["messaging.kafka.message.tombstone"] for of in sent
                          if "messaging.kafka.message.tombstone" in of], ['{"boolValue": true}'])

    def test_another_run_does_not_look_the_same(self):
        self.assertNotEqual(in_order(self.same_run("otlp", 1)), in_order(self.same_run("otlp", 2)))

    def test_body_that_is_too_large_is_halved(self):
        for receiver in ("otlp", "zipkin"):
            mark = self.collector.mark()
            whole = self.same_run(receiver)
            self.assertEqual(len(self.collector.requests(mark)), 1)
            mark = self.collector.mark()
            self.assertEqual(in_order(self.same_run(receiver + "_small")), in_order(whole))
            self.assertGreater(len(self.collector.requests(mark)), 1)

    def test_the_collector_refuses_what_is_too_large_by_a_400(self):
        """What the case above rests on. The zipkin receiver cuts the body, and then cannot read it."""
        body = b"\n\xa0\x1f" + bytes(4000)  # one field of 4,000 bytes
        self.assertGreater(len(body), SMALL_BYTES)
        for url, said in ((self.collector.url("otlp_small").replace("otlp:", "http:") + "/v1/traces", b"too large"),
                          (self.collector.url("zipkin_small"), b"cannot parse")):
            request = urllib.request.Request(url, body, {"Content-Type": "application/x-protobuf"})
            with self.assertRaises(urllib.error.HTTPError) as raised:
                urllib.request.urlopen(request, timeout=10)
            with raised.exception as answer:
                self.assertEqual(answer.code, 400)
                self.assertIn(said, answer.read())


class OverKafka:
    """The tree of records on a real broker; a subclass says by which receiver its spans travel."""

    def test_send_poll_and_process(self):
        peer = self.edgespan_to(self.receiver)
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.delivered(peer.produce(topic, gateway, count=2), 2)
        self.records(peer.consume(topic, cloud, self.unique("group"), count=2, process="store"), 2)
        for line in self.wire(topic, 2):
            key = line.fields["key"]
            work = process(peer, cloud, "store", topic, key)
            self.assert_arrived(self.assert_context(line, "single_no_parent").trace,
                                send(gateway, topic, key, poll(cloud, topic, work)))

    def test_the_same_in_opentelemetrys_spelling(self):
        peer = self.edgespan_to(self.receiver, semantics="otel")
        topic, gateway, cloud, group = self.topic(), self.unique("gateway"), self.unique("cloud"), self.unique("group")
        self.delivered(peer.produce(topic, gateway, count=2), 2)
        lines = [line for line in peer.consume(topic, cloud, group, count=2, options=["--process"]).lines
                 if line.word == "record"]
        self.assertEqual(len(lines), 2)
        for record, line in zip(lines, self.wire(topic, 2)):
            client = {"messaging.client.id": ANY}
            work = Expected(cloud, "CONSUMER", "process " + topic, otel_tags("process", "process", topic, record))
            polled = Expected(cloud, "CLIENT", "poll " + topic,
                              otel_tags("poll", "receive", topic, record,
                                        {"messaging.consumer.group.name": group, **client}), [work], remote="kafka")
            self.assert_arrived(self.assert_context(line, "single_no_parent").trace,
                                Expected(gateway, "PRODUCER", "send " + topic,
                                         otel_tags("send", "send", topic, record, client), [polled], remote="kafka"))

    def test_record_that_the_broker_refuses(self):
        topic, gateway = self.topic("small", ["max.message.bytes=300"]), self.unique("gateway")
        result = self.edgespan_to(self.receiver).produce_values(topic, gateway, ["x" * 2000])
        self.assertEqual(result.exit_code, 1, str(result))
        found = wait_until(lambda: self.collector.arrived(self.mark), ARRIVE_S, "the failed span")
        span = found[0][2]
        self.assertEqual(span["status"], {"code": 2})
        self.assert_arrived(span["traceId"], send(gateway, topic, "k0", tags={"error": "MSG_SIZE_TOO_LARGE"}))

    def test_packed_batches(self):
        topic, gateway = self.topic(), self.unique("gateway")
        result = self.edgespan_to(self.receiver).produce(topic, gateway, count=30, options=["--gzip"])
        self.delivered(result, 30)
        packed = re.search("^gzip batches=([1-9]\\d*) before_bytes=(\\d+) after_bytes=(\\d+)", result.stderr, re.M)
        self.assertTrue(packed and int(packed.group(3)) * 2 < int(packed.group(2)), str(result))
        for line in self.wire(topic, 30):
            self.assert_arrived(self.assert_context(line, "single_no_parent").trace,
                                send(gateway, topic, line.fields["key"]))

    def arrive(self, count):
        wait_until(lambda: len(self.collector.arrived(self.mark)) >= count, ARRIVE_S, "%d spans" % count)

    def assert_all_arrived(self, run, topic, gateway, lines):
        """The run ends in order, and each record has its span, once."""
        exit_code, stderr = run.end()
        self.assertEqual(exit_code, 0, stderr)
        self.assertIn("books finished=%d delivered=%d dropped=0 ring=0 batch=0" % (len(lines), len(lines)), stderr)
        for line in lines:
            self.assert_arrived(self.assert_context(line, "single_no_parent").trace,
                                send(gateway, topic, line.fields["key"]))

    def test_no_span_is_lost_while_the_collector_is_away(self):
        topic, gateway = self.topic(), self.unique("gateway")
        with LongRun(self.edgespan_to(self.receiver), topic, gateway) as run:
            run.send(3)
            self.arrive(3)
            self.collector.stop()
            try:
                run.send(20)
                lines = self.wire(topic, 23)  # the records are not held up
            finally:
                self.collector.start()
                self.collector.ready()
            self.arrive(23)
            run.send(2)
            self.assert_all_arrived(run, topic, gateway, lines + self.wire(topic, 2))

    def test_no_span_is_lost_while_the_pipeline_is_away(self):
        topic, gateway = self.topic(), self.unique("gateway")
        self.collector.fail("later")
        try:
            with LongRun(self.edgespan_to(self.receiver), topic, gateway) as run:
                run.send(20)
                wait_until(lambda: len(self.collector.requests(self.mark)) >= 2, ARRIVE_S, "two refusals")
                self.collector.fail(None)
                self.arrive(20)
                self.assert_all_arrived(run, topic, gateway, self.wire(topic, 20))
        finally:
            self.collector.fail(None)

    def test_spans_that_the_pipeline_refuses_for_good_are_counted(self):
        topic, gateway = self.topic(), self.unique("gateway")
        self.collector.fail("never")
        try:
            result = self.edgespan_to(self.receiver).produce(topic, gateway, count=3)
        finally:
            self.collector.fail(None)
        self.assertEqual(result.exit_code, 1, str(result))
        self.assertIn("books finished=3 delivered=0 dropped=3 %s=3 ring=0" % self.for_good, result.stderr)

    def test_traces_of_both_widths_arrive(self):
        """In batches that hold both, with zeros in front of ids of 64 bits. The zipkin receiver takes 16 bytes, so
        it refuses the first batch; no span is lost for that, of either width."""
        topic, gateway, parent = self.topic(), self.unique("gateway"), "a2fb4a1d1a96d312"
        traces = ["%016x%016x" % (n, 0x48485a3953bb6124 + n) if n % 2 else "%016x" % (0x48485a3953bb6124 + n)
                  for n in range(8)]
        for trace in traces:
            self.ok(self.brave.plain_produce(topic, 1, ["b3=%s-%s-1" % (trace, parent)]))
        result = self.edgespan_to(self.receiver).consume(topic, gateway, self.unique("group"), count=8)
        self.records(result, 8)
        self.assertIn("books finished=8 delivered=8 dropped=0", result.stderr)
        for trace in traces:
            self.assert_arrived(trace.rjust(32, "0"), poll(gateway, topic, parent=parent))


class OverOtlp(OverKafka, CollectorCase):
    receiver, for_good = "otlp", "refused"


class OverZipkin(OverKafka, CollectorCase):
    receiver, for_good = "zipkin", "malformed"
