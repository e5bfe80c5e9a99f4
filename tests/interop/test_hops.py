# SPDX-License-Identifier: Apache-2.0
"""One hop, send, poll and process, in every direction, header format and width of trace id."""

import case
from case import InteropCase, poll, process, send
from peers import Context


class Hop:
    def hop(self, b3, bits):
        producer, consumer = self.peers()
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        sent = self.delivered(producer.produce(
            topic, gateway, count=2, options=["--b3", b3, "--id-bits", str(bits)], headers=["app=7"]), 2)
        wire = self.wire(topic, 2)
        # The consumer is left at its own id width: what comes in is kept.
        polled = self.records(consumer.consume(
            topic, cloud, self.unique("group"), count=2, process="store", options=["--b3", b3]), 2)
        for i, key in enumerate(("k0", "k1")):
            on_wire = self.assert_context(wire[i], b3, others={"app": "7"})
            after_poll = self.assert_context(polled[i], b3, parent=on_wire.span, others={"app": "7"})
            self.assertEqual(len(on_wire.trace), bits // 4)
            self.assertEqual((wire[i].fields["key"], polled[i].fields["key"]), (key, key))
            self.assertEqual(self.printed_ids(sent, key), (on_wire.trace, on_wire.span))
            self.assertEqual(after_poll.trace, on_wire.trace)
            spans = self.assert_trace(
                on_wire.trace,
                send(gateway, topic, key, poll(cloud, topic, process(consumer, cloud, "store", topic, key))))
            self.assertEqual(spans[on_wire.span]["kind"], "PRODUCER")
            self.assertEqual(spans[after_poll.span]["kind"], "CONSUMER")

    def printed_ids(self, sent, key):
        """Delivery reports may come in any order."""
        printed, = [Context(line.headers) for line in sent if line.fields["key"] == key]
        return printed.trace, printed.span

    def test_b3_single_without_parent_128_bit(self):
        self.hop("single_no_parent", 128)

    def test_b3_single_without_parent_64_bit(self):
        self.hop("single_no_parent", 64)

    def test_b3_single_with_parent_128_bit(self):
        self.hop("single", 128)

    def test_b3_single_with_parent_64_bit(self):
        self.hop("single", 64)

    def test_b3_multi_128_bit(self):
        self.hop("multi", 128)

    def test_b3_multi_64_bit(self):
        self.hop("multi", 64)

    def test_b3_single_and_multi_together(self):
        self.hop("both", 128)

    def test_poll_turns_multi_into_single(self):
        producer, consumer = self.peers()
        topic = self.topic()
        gateway, cloud = self.unique("gateway"), self.unique("cloud")
        self.ok(producer.produce(topic, gateway, options=["--b3", "multi"]))
        on_wire = self.assert_context(self.wire(topic)[0], "multi")
        polled, = self.records(consumer.consume(topic, cloud, self.unique("group")), 1)
        self.assert_context(polled, "single_no_parent")
        self.assert_trace(on_wire.trace, send(gateway, topic, "k0", poll(cloud, topic)))


class EdgespanToBrave(Hop, case.EdgespanToBrave, InteropCase):
    pass


class BraveToEdgespan(Hop, case.BraveToEdgespan, InteropCase):
    pass


class EdgespanToEdgespan(Hop, case.EdgespanToEdgespan, InteropCase):
    pass


class BraveToBrave(Hop, case.BraveToBrave, InteropCase):
    pass
