# SPDX-License-Identifier: Apache-2.0
"""Jaeger: the trees that its query shows, of spans that came over OTLP and over Zipkin; and `edgespan doctor`, whose
span is found there. For every night, as Jaeger takes twelve minutes to build: INTEROP_JAEGER=1."""

import os
import time
import unittest

import otel_peers
from case import InteropCase, otel_tags, poll, process, send
from jaeger import Jaeger
from peers import Edgespan
from servers import wait_until
from test_doctor import Examination
from trees import ANY, Expected, faults

ARRIVE_S = 20
SHORT = "48485a3953bb6124"  # a trace id of 64 bits
PARENT = "a2fb4a1d1a96d312"


@unittest.skipUnless(os.environ.get("INTEROP_JAEGER"), "for every night: INTEROP_JAEGER=1")
class JaegerCase(InteropCase):
    jaeger = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if JaegerCase.jaeger is None:
            JaegerCase.jaeger = Jaeger(os.environ["INTEROP_DIR"], cls.world.directory)
            cls.world.servers.append(JaegerCase.jaeger)  # which ends them all
            JaegerCase.jaeger.start()
        JaegerCase.jaeger.ready()

    def edgespan_to(self, receiver, **settings):
        """The tool, reporting to Jaeger, with such settings as `semantics`."""
        peer = Edgespan(self.edgespan.binary, self.world.kafka, self.world.zipkin, settings)
        peer.zipkin = self.jaeger.url(receiver)
        return peer

    def assert_shown(self, trace_id, *roots):
        """Waits until Jaeger shows as many spans of the trace as expected, compares them, and returns them."""
        count = sum(1 for root in roots for _ in root.walk())
        try:
            wait_until(lambda: len(self.jaeger.spans_of(trace_id)) >= count, ARRIVE_S, "spans")
        except TimeoutError:
            pass  # the comparison says which are missing
        spans = self.jaeger.spans_of(trace_id)
        found = faults(spans, roots, self.earliest_us, time.time_ns() // 1000)
        if found:
            self.fail("trace %s is not as expected:\n%s" % (trace_id, "\n".join(found)))
        return spans


class Trees:
    """A subclass says by which receiver the spans travel."""

    def test_send_poll_and_process(self):
        peer = self.edgespan_to(self.receiver)
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.delivered(peer.produce(topic, gateway, count=2), 2)
        self.records(peer.consume(topic, cloud, self.unique("group"), count=2, process="store"), 2)
        for line in self.wire(topic, 2):
            key = line.fields["key"]
            work = process(peer, cloud, "store", topic, key)
            spans = self.assert_shown(self.assert_context(line, "single_no_parent").trace,
                                      send(gateway, topic, key, poll(cloud, topic, work)))
            self.assertEqual([span["failed"] for span in spans], [False] * 3)
        self.assertTrue({gateway, cloud} <= set(self.jaeger.get("/api/services")["data"]))

    def test_the_same_in_opentelemetrys_spelling(self):
        peer = self.edgespan_to(self.receiver, semantics="otel")
        topic, gateway, cloud, group = self.topic(), self.unique("gateway"), self.unique("cloud"), self.unique("group")
        self.delivered(peer.produce(topic, gateway), 1)
        record, = self.records(peer.consume(topic, cloud, group, options=["--process"]), 1)
        line, = self.wire(topic)
        client = {"messaging.client.id": ANY}
        work = Expected(cloud, "CONSUMER", "process " + topic, otel_tags("process", "process", topic, record))
        polled = Expected(cloud, "CLIENT", "poll " + topic,
                          otel_tags("poll", "receive", topic, record,
                                    {"messaging.consumer.group.name": group, **client}), [work], remote="kafka")
        self.assert_shown(self.assert_context(line, "single_no_parent").trace,
                          Expected(gateway, "PRODUCER", "send " + topic,
                                   otel_tags("send", "send", topic, record, client), [polled], remote="kafka"))

    def test_record_that_the_broker_refuses_is_marked_as_an_error(self):
        topic, gateway = self.topic("small", ["max.message.bytes=300"]), self.unique("gateway")
        result = self.edgespan_to(self.receiver).produce_values(topic, gateway, ["x" * 2000])
        self.assertEqual(result.exit_code, 1, str(result))

        def traces():
            return self.jaeger.get("/api/traces?limit=10&service=" + gateway)["data"]

        trace, = wait_until(traces, ARRIVE_S, "the failed span")
        span, = self.assert_shown(trace["traceID"], send(gateway, topic, "k0", tags={"error": "MSG_SIZE_TOO_LARGE"}))
        self.assertTrue(span["failed"])


class OverOtlp(Trees, JaegerCase):
    receiver = "otlp"

    def test_64_bit_trace_is_found_by_16_and_by_32_digits(self):
        topic, gateway = self.topic(), self.unique("gateway")
        self.ok(self.edgespan_to("otlp").produce(topic, gateway, headers=["b3=%s-%s-1" % (SHORT, PARENT)]))
        for digits in (SHORT, "0" * 16 + SHORT):
            self.assert_shown(digits, send(gateway, topic, "k0", parent=PARENT))

    def test_one_trace_with_opentelemetry_for_java(self):
        """Both report here: the trace goes from Java through edgespan back to Java."""
        java = otel_peers.Java(self.world.jvm, self.world.kafka, self.jaeger)
        tool = self.edgespan_to("otlp")
        raw, clean = self.topic("raw"), self.topic("clean")
        sensor, gateway, cloud = (self.unique(name) for name in ("sensor", "gateway", "cloud"))
        self.ok(java.produce(raw, sensor, "w3c"))
        polled, = self.records(tool.consume(raw, gateway, self.unique("group")), 1)
        self.ok(tool.produce(clean, gateway, headers=["%s=%s" % header for header in polled.headers]))
        self.ok(java.consume(clean, cloud, self.unique("group"), "w3c"))
        trace = self.wire(raw)[0].header("traceparent").split("-")[1]
        self.assert_shown(trace, java.sent(sensor, raw, poll(gateway, raw, send(
            gateway, clean, "k0", java.received(cloud, clean)))))


class OverZipkin(Trees, JaegerCase):
    receiver = "zipkin"


class DoctorOfJaeger(Examination, JaegerCase):
    def test_goes_the_whole_way_and_finds_its_span(self):
        steps = self.examined(self.jaeger.url("otlp"), options=["--query-port", str(self.jaeger.ports["query"])])
        self.assertEqual(["resolve", "connect", "clock", "empty post", "round trip"], list(steps))
        found = steps["round trip"][1]
        self.assertIn("found again", found)
        trace = found.partition("trace ")[2].partition(" ")[0]
        self.assertEqual([span["name"] for span in self.jaeger.spans_of(trace)], ["doctor"])

    def test_cannot_know_where_nobody_answers_queries(self):
        """Another port than that of the query, and the port for Zipkin's spans."""
        for url, options in ((self.jaeger.url("otlp"), ["--query-port", str(self.jaeger.ports["zipkin"])]),
                             (self.jaeger.url("zipkin"), [])):
            steps = self.examined(url, options=options)
            self.assertRegex(steps["round trip"][1], "was taken; (nobody here|this collector does not) answer")
