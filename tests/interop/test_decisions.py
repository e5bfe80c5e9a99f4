# SPDX-License-Identifier: Apache-2.0
"""Decisions that come from outside: not sampled, debug, and contexts that a record brings along."""

import case
from case import InteropCase, poll, process, send

HIGH, LOW, SPAN = "463ac35c9f6413ad", "48485a3953bb6124", "a2fb4a1d1a96d312"


class Decision:
    def unsampled(self, header, b3):
        """Nobody reports anything, and the decision goes on with the record."""
        producer, consumer = self.peers()
        topic = self.topic()
        self.ok(producer.produce(topic, self.unique("gateway"), headers=[header], options=["--b3", b3]))
        on_wire = self.assert_context(self.wire(topic)[0], b3, decision="0")
        polled, = self.records(consumer.consume(
            topic, self.unique("cloud"), self.unique("group"), process="store", options=["--b3", b3]), 1)
        after_poll = self.assert_context(polled, b3, decision="0", parent=on_wire.span)
        self.assertEqual(after_poll.trace, on_wire.trace)
        self.assertNotEqual(after_poll.span, on_wire.span)
        self.assertEqual([], self.api.trace(on_wire.trace))

    def debug(self, header, b3):
        producer, consumer = self.peers()
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.ok(producer.produce(topic, gateway, headers=[header], options=["--b3", b3]))
        on_wire = self.assert_context(self.wire(topic)[0], b3, decision="d")
        polled, = self.records(consumer.consume(
            topic, cloud, self.unique("group"), process="store", options=["--b3", b3]), 1)
        self.assert_context(polled, b3, decision="d", parent=on_wire.span)
        work = process(consumer, cloud, "store", topic, "k0", debug=True)
        tree = send(gateway, topic, "k0", poll(cloud, topic, work, debug=True), debug=True)
        self.assert_trace(on_wire.trace, tree)

    def test_unsampled_by_b3_single(self):
        self.unsampled("b3=0", "single_no_parent")

    def test_unsampled_by_b3_multi(self):
        self.unsampled("X-B3-Sampled=0", "multi")

    def test_debug_by_b3_single(self):
        self.debug("b3=d", "single_no_parent")

    def test_debug_by_b3_multi(self):
        self.debug("X-B3-Flags=1", "multi")

    def test_unsampled_context_that_the_record_brings(self):
        producer, consumer = self.peers()
        topic = self.topic()
        self.ok(producer.produce(topic, self.unique("gateway"), headers=["b3=%s-%s-0" % (LOW, SPAN)]))
        on_wire = self.assert_context(self.wire(topic)[0], "single_no_parent", decision="0")
        self.assertEqual(on_wire.trace, LOW)
        polled, = self.records(consumer.consume(topic, self.unique("cloud"), self.unique("group")), 1)
        self.assertEqual(self.assert_context(polled, "single_no_parent", decision="0").trace, LOW)

    def continued(self, headers, trace_id):
        """A context from elsewhere: the send span is its child, and the new header is the only one."""
        producer, consumer = self.peers()
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.ok(producer.produce(topic, gateway, headers=headers))
        self.assertEqual(self.assert_context(self.wire(topic)[0], "single_no_parent").trace, trace_id)
        self.ok(consumer.consume(topic, cloud, self.unique("group"), process="store"))
        work = process(consumer, cloud, "store", topic, "k0")
        self.assert_trace(trace_id, send(gateway, topic, "k0", poll(cloud, topic, work), parent=SPAN))

    def test_64_bit_context_that_the_record_brings(self):
        trace = self.fresh_trace(16)
        self.continued(["b3=%s-%s-1" % (trace, SPAN)], trace)

    def test_128_bit_multi_context_that_the_record_brings(self):
        trace = self.fresh_trace(32)
        self.continued(["X-B3-TraceId=" + trace, "X-B3-SpanId=" + SPAN, "X-B3-Sampled=1"], trace)

    def fresh_trace(self, digits):
        """A trace id of this case alone: all cases report to one Zipkin."""
        return ("%s%016x" % (HIGH, self.earliest_us))[-digits:].replace("0", "1")


class EdgespanToBrave(Decision, case.EdgespanToBrave, InteropCase):
    pass


class BraveToEdgespan(Decision, case.BraveToEdgespan, InteropCase):
    pass


class BraveToBrave(Decision, case.BraveToBrave, InteropCase):
    pass


class EdgespanToEdgespan(Decision, case.EdgespanToEdgespan, InteropCase):
    """And what edgespan does beyond Brave."""

    def test_header_keys_in_lower_case(self):
        trace = self.fresh_trace(32)
        self.continued(["x-b3-traceid=" + trace, "x-b3-spanid=" + SPAN, "x-b3-sampled=1"], trace)

    def test_128_bit_trace_id_with_a_zero_low_half(self):
        trace = self.fresh_trace(16) + "0" * 16
        self.continued(["b3=%s-%s-1" % (trace, SPAN)], trace)

    def test_sampling_rate_zero(self):
        topic = self.topic()
        self.ok(self.edgespan.produce(topic, self.unique("gateway"), options=["--sample", "0"]))
        self.assert_context(self.wire(topic)[0], "single_no_parent", decision="0")
        polled, = self.records(self.edgespan.consume(topic, self.unique("cloud"), self.unique("group")), 1)
        self.assert_context(polled, "single_no_parent", decision="0")

    def test_switched_off_producer_adds_nothing(self):
        topic, cloud = self.topic(), self.unique("cloud")
        self.ok(self.edgespan.produce(topic, self.unique("gateway"), headers=["app=7"], options=["--off"]))
        self.assertEqual(self.wire(topic)[0].headers, [("app", "7")])
        polled, = self.records(self.edgespan.consume(topic, cloud, self.unique("group")), 1)
        trace = self.assert_context(polled, "single_no_parent", others={"app": "7"}).trace
        self.assert_trace(trace, poll(cloud, topic))

    def test_switched_off_consumer_leaves_the_record_alone(self):
        topic, gateway = self.topic(), self.unique("gateway")
        self.ok(self.edgespan.produce(topic, gateway))
        wire = self.wire(topic)[0]
        polled, = self.records(self.edgespan.consume(
            topic, self.unique("cloud"), self.unique("group"), process="store", options=["--off"]), 1)
        self.assertEqual(polled.headers, wire.headers)
        self.assert_trace(self.assert_context(wire, "single_no_parent").trace, send(gateway, topic, "k0"))
