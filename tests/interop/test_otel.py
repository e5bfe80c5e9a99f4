# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry for Java and Python, with their instrumentations of Kafka: one trace with edgespan, in both directions,
through a hop that knows nothing of tracing, whatever headers the two have agreed on."""

import otel_peers
from case import poll, process, send
from collector_case import ARRIVE_S, CollectorCase
from servers import wait_until
from trees import Expected

TRACE, PARENT = "463ac35c9f6413ad48485a3953bb6124", "a2fb4a1d1a96d312"
STATE = ",".join("k%d=v%d" % (i, i) for i in range(32))  # as many members as there may be
STALE = ["Traceparent=00-%s-%s-00" % ("1" * 32, "1" * 16), "X-B3-TraceId=" + "2" * 32, "x-b3-spanid=" + "2" * 16,
         "B3=%s-%s-0" % ("3" * 32, "3" * 16)]


class Sent:
    """The context in a record's headers, in whatever formats, which must agree."""

    def __init__(self, case, line):
        values = {}
        for name, value in line.headers:  # of a name the last one counts
            values[name.lower()] = value
        self.flags, self.state = None, values.get("tracestate")
        found = set()
        if "traceparent" in values:
            version, trace, span, self.flags = values["traceparent"].split("-")
            case.assertEqual(version, "00", line.text)
            found.add((trace, span, str(int(self.flags, 16) & 1)))
        if "b3" in values:
            found.add(tuple(values["b3"].split("-")[:3]))
        if "x-b3-traceid" in values:
            found.add((values["x-b3-traceid"], values["x-b3-spanid"], values["x-b3-sampled"]))
        case.assertEqual(len(found), 1, line.text)
        (self.trace, self.span, self.decision), = found


def names(line):
    """The names of all headers, sorted; one that stands twice shows twice."""
    return sorted(name for name, _ in line.headers)


def expected_names(formats, state=False):
    given = {"b3": ["b3"], "b3_multi": ["X-B3-Sampled", "X-B3-SpanId", "X-B3-TraceId"],
             "w3c": ["traceparent"] + (["tracestate"] if state else [])}
    return sorted(name for form in formats.split(",") for name in given[form])


class Joins:
    """A subclass says with which peer."""

    def setUp(self):
        super().setUp()
        self.peer = self.make_peer()
        self.tool = self.edgespan_to("otlp")

    def relayed(self, line):
        """A topic on which an untraced program has put the record as it was, headers and all."""
        topic = self.topic("relayed")
        headers = ["%s=%s" % header for header in line.headers]
        self.ok(self.brave.plain_produce(topic, 1, headers))
        return topic

    def assert_consumed(self, topic, cloud, sent, root, *children):
        """The peer's span of the record is where it belongs: below the sender's, or beside it and linked. `root` makes
        the sender's tree of what hangs below it; `children` hang below the peer's span."""
        received = self.peer.received(cloud, topic, *children)
        if self.peer.continues:
            self.assert_arrived(sent.trace, root(received))
            return
        self.assert_arrived(sent.trace, root())
        self.assert_linked(topic, sent.trace, sent.span, Expected(cloud, "CONSUMER", "recv", {}, [received]))

    def assert_linked(self, topic, trace, span, tree):
        def found():
            return [found for _, _, found in self.collector.arrived(self.mark)
                    if found["name"] == "%s %s" % (topic, self.peer.receive_verb)]

        own, = wait_until(found, ARRIVE_S, "the span of the record")
        self.assertEqual([(link["traceId"], link["spanId"]) for link in own.get("links", [])], [(trace, span)])
        self.assert_arrived(own["traceId"], tree)

    # ---- edgespan sends, the peer consumes.

    def from_edgespan(self, formats, receiver, relay=False):
        tool, gateway, cloud = self.edgespan_to(receiver), self.unique("gateway"), self.unique("cloud")
        topic = self.topic()
        self.ok(tool.produce(topic, gateway, options=["--propagation", formats]))
        line, = self.wire(topic)
        self.assertEqual(names(line), expected_names(formats))
        read = self.relayed(line) if relay else topic
        self.ok(self.peer.consume(read, cloud, self.unique("group"), formats))
        self.assert_consumed(read, cloud, Sent(self, line), lambda *below: send(gateway, topic, "k0", *below))

    def test_peer_joins_by_w3c_alone(self):
        self.from_edgespan("w3c", "otlp")

    def test_peer_joins_by_b3_alone(self):
        self.from_edgespan("b3", "otlp")

    def test_peer_joins_by_both(self):
        self.from_edgespan("b3,w3c", "otlp")
        self.from_edgespan("w3c,b3", "zipkin")

    def test_peer_joins_through_an_untraced_hop(self):
        self.from_edgespan("b3,w3c", "otlp", relay=True)

    def test_peer_keeps_edgespans_denial(self):
        topic = self.topic()
        self.ok(self.tool.produce(topic, self.unique("gateway"), options=["--propagation", "b3,w3c", "--sample", "0"]))
        sent = Sent(self, self.wire(topic)[0])
        self.assertEqual((sent.decision, sent.flags), ("0", "02"))  # a new id, and a random one
        self.ok(self.peer.consume(topic, self.unique("cloud"), self.unique("group"), "w3c"))
        self.assertEqual(self.spans_of(sent.trace), [])
        if not self.peer.continues:
            self.arrivals_expected += 2  # a trace of its own, about which nobody has decided

    def not_joined(self, sent, read_by, *options):
        """A record that the peer, with propagators `read_by`, begins a trace of its own for."""
        topic, gateway = self.topic(), self.unique("gateway")
        self.ok(self.tool.produce(topic, gateway, options=options))
        line, = self.wire(topic)
        self.assertEqual(names(line), expected_names(sent))
        self.ok(self.peer.consume(topic, self.unique("cloud"), self.unique("group"), read_by))
        self.assert_arrived(Sent(self, line).trace, send(gateway, topic, "k0"))
        received = "%s %s" % (topic, self.peer.receive_verb)
        own, = [span for _, _, span in self.collector.arrived(self.mark) if span["name"] == received]
        self.assertEqual([link["traceId"] for link in own.get("links", [])], [])
        self.arrivals_expected += 1 if self.peer.continues else 2

    def test_peer_with_its_default_propagators_needs_w3c(self):
        """A new trace leaves with b3 alone, unless edgespan is told to write both."""
        self.not_joined("b3", "w3c")

    def test_peer_joins_by_b3_multi_if_it_reads_mixed_case(self):
        if self.peer.reads_mixed_case:
            self.from_edgespan("b3_multi", "otlp")
        else:
            self.not_joined("b3_multi", "b3_multi", "--propagation", "b3_multi")

    def test_peer_gets_level_2_flags_and_32_members_of_tracestate(self):
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.ok(self.tool.produce(topic, gateway, headers=[
            "traceparent=00-%s-%s-03" % (TRACE, PARENT), "tracestate=" + STATE]))
        line, = self.wire(topic)
        self.assertEqual(names(line), expected_names("b3,w3c", state=True))
        sent = Sent(self, line)
        self.assertEqual((sent.trace, sent.flags, sent.state), (TRACE, "03", STATE))
        self.ok(self.peer.consume(topic, cloud, self.unique("group"), "w3c"))
        self.assert_consumed(topic, cloud, sent, lambda *below: send(gateway, topic, "k0", *below, parent=PARENT))
        states = [span.get("traceState", "") for _, _, span in self.spans_of(TRACE) if span["kind"] == 5]
        self.assertEqual([sorted(state.split(",")) for state in states],
                         [sorted(STATE.split(","))] if self.peer.continues else [])

    def test_edgespan_leaves_no_stale_header_for_the_peer(self):
        """A record that is sent on with all that it came with, and headers in spellings that only edgespan reads."""
        raw, clean = self.topic("raw"), self.topic("clean")
        sensor, gateway, cloud = (self.unique(name) for name in ("sensor", "gateway", "cloud"))
        self.ok(self.peer.produce(raw, sensor, "w3c,b3"))
        first = Sent(self, self.wire(raw)[0])
        polled, = self.records(self.tool.consume(raw, gateway, self.unique("group")), 1)
        headers = STALE + ["%s=%s" % header for header in polled.headers]
        self.ok(self.tool.produce(clean, gateway, headers=headers + ["app=7"]))
        line, = self.wire(clean)
        self.assertEqual(names(line), sorted(expected_names("b3,w3c") + ["app"]))
        sent = Sent(self, line)
        self.assertEqual(sent.trace, first.trace)
        self.ok(self.peer.consume(clean, cloud, self.unique("group"), "b3,w3c"))
        self.assert_consumed(clean, cloud, sent, lambda *below: self.peer.sent(
            sensor, raw, poll(gateway, raw, send(gateway, clean, "k0", *below))))

    # ---- The peer sends, edgespan consumes.

    def to_edgespan(self, formats, receiver, relay=False):
        tool, gateway, cloud = self.edgespan_to(receiver), self.unique("gateway"), self.unique("cloud")
        topic = self.topic()
        self.ok(self.peer.produce(topic, gateway, formats))
        line, = self.wire(topic)
        read = self.relayed(line) if relay else topic
        polled, = self.records(tool.consume(read, cloud, self.unique("group"), process="store"), 1)
        before, after = Sent(self, line), Sent(self, polled)
        came_with_parent = any(name == "traceparent" for name, _ in line.headers)
        self.assertEqual(names(polled), expected_names("b3,w3c" if came_with_parent else "b3"))
        self.assertEqual((after.trace, after.decision, after.flags), (before.trace, "1", before.flags))
        work = process(tool, cloud, "store", read, "k0")
        self.assert_arrived(before.trace, self.peer.sent(gateway, topic, poll(cloud, read, work)))

    def test_edgespan_joins_by_w3c_alone(self):
        self.to_edgespan("w3c", "otlp")

    def test_edgespan_joins_by_b3_alone(self):
        self.to_edgespan("b3", "otlp")

    def test_edgespan_joins_by_b3_multi_in_the_peers_spelling(self):
        self.to_edgespan("b3_multi", "otlp")

    def test_edgespan_joins_by_both(self):
        self.to_edgespan("w3c,b3", "otlp")
        self.to_edgespan("b3,w3c", "zipkin")

    def test_edgespan_joins_through_an_untraced_hop(self):
        self.to_edgespan("w3c", "otlp", relay=True)

    def test_edgespan_keeps_the_peers_denial(self):
        topic = self.topic()
        self.ok(self.peer.produce(topic, self.unique("gateway"), "w3c,b3", options=["--unsampled"]))
        sent = Sent(self, self.wire(topic)[0])
        polled, = self.records(self.tool.consume(topic, self.unique("cloud"), self.unique("group"),
                                                 process="store"), 1)
        after = Sent(self, polled)
        self.assertEqual((after.trace, after.decision, after.flags), (sent.trace, "0", sent.flags))
        self.assertIn(after.flags, ("00", "02"))
        self.assertEqual(self.spans_of(sent.trace), [])

    def test_edgespan_keeps_level_2_flags_and_32_members_of_tracestate(self):
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.ok(self.peer.produce(topic, gateway, "w3c", context=[
            "traceparent=00-%s-%s-03" % (TRACE, PARENT), "tracestate=" + STATE]))
        sent = Sent(self, self.wire(topic)[0])
        self.assertEqual((sent.trace, sent.flags), (TRACE, "03"))
        self.assertEqual(sorted(sent.state.split(",")), sorted(STATE.split(",")))
        polled, = self.records(self.tool.consume(topic, cloud, self.unique("group")), 1)
        after = Sent(self, polled)
        self.assertEqual((after.trace, after.flags, after.state), (TRACE, "03", sent.state))
        self.assert_arrived(TRACE, self.peer.sent(gateway, topic, poll(cloud, topic), parent=PARENT))

    def test_edgespan_follows_the_newest_of_the_headers_that_a_peer_forwards(self):
        """The peer sends a record on with the headers that it has: what it does not write itself stays, and Python's
        instrumentations leave even an old header of the name that they write."""
        raw, clean = self.topic("raw"), self.topic("clean")
        gateway, relay, cloud = (self.unique(name) for name in ("gateway", "relay", "cloud"))
        self.ok(self.tool.produce(raw, gateway, options=["--propagation", "b3,w3c"]))
        first = Sent(self, self.wire(raw)[0])
        self.ok(self.peer.consume(raw, relay, self.unique("group"), "w3c", forward=clean))
        line, = self.wire(clean)
        newest = [value for name, value in line.headers if name == "traceparent"][-1].split("-")
        self.assertEqual(line.header("b3").split("-")[1], first.span, "the old b3 stays")
        polled, = self.records(self.tool.consume(clean, cloud, self.unique("group")), 1)
        self.assertEqual(Sent(self, polled).trace, newest[1])
        self.assertEqual(names(polled), expected_names("b3,w3c"))
        forwarded = self.peer.sent(relay, clean, poll(cloud, clean))
        if self.peer.sends_inside:
            self.assert_consumed(raw, relay, first, lambda *below: send(gateway, raw, "k0", *below), forwarded)
        else:
            self.assert_consumed(raw, relay, first, lambda *below: send(gateway, raw, "k0", *below))
            self.assert_arrived(newest[1], forwarded)


class WithJava(Joins, CollectorCase):
    def make_peer(self):
        return otel_peers.Java(self.world.jvm, self.world.kafka, self.collector)


class WithKafkaPython(Joins, CollectorCase):
    def make_peer(self):
        return otel_peers.KafkaPython(self.world.python, self.world.kafka, self.collector)


class WithConfluent(Joins, CollectorCase):
    def make_peer(self):
        return otel_peers.Confluent(self.world.python, self.world.kafka, self.collector)
