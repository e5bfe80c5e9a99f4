# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry's spelling beside OpenTelemetry's own: Java's instrumentation, told to follow today's conventions."""

import os

import otel_peers
from collector_case import ARRIVE_S, CollectorCase
from servers import JavaPeer, wait_until


def types(span):
    """Every attribute of a span, with the type of its value."""
    return {pair["key"]: next(iter(pair["value"])) for pair in span["attributes"]}


class BesideJava(CollectorCase):
    """A record is sent and consumed by Java, another by edgespan: names, kinds and attributes, which a dashboard is
    made of, are the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jvm = JavaPeer(os.environ["INTEROP_DIR"], cls.world.directory, "java-messaging",
                           {**os.environ, "OTEL_SEMCONV_STABILITY_OPT_IN": "messaging"})

    @classmethod
    def tearDownClass(cls):
        cls.jvm.stop()
        super().tearDownClass()

    def spans(self, count):
        """What has arrived, by name; `count` spans in all."""
        wait_until(lambda: len(self.collector.arrived(self.mark)) >= count, ARRIVE_S, "%d spans" % count)
        self.arrivals_expected = count
        return {span["name"]: span for _, _, span in self.collector.arrived(self.mark)}

    def test_names_kinds_and_attributes(self):
        java = otel_peers.Java(self.jvm, self.world.kafka, self.collector)
        peer = self.edgespan_to("otlp", semantics="otel")
        theirs, ours, service = self.topic("theirs"), self.topic("ours"), self.unique("service")
        self.ok(java.produce(theirs, service, "w3c"))
        self.ok(java.consume(theirs, service, self.unique("group"), "w3c"))
        self.delivered(peer.produce(ours, service), 1)
        self.records(peer.consume(ours, service, self.unique("group"), options=["--process"]), 1)
        spans = self.spans(5)
        for verb in ("send", "process"):
            of_java, own = spans[verb + " " + theirs], spans[verb + " " + ours]
            self.assertEqual(of_java["kind"], own["kind"])
            expected = {key: kind for key, kind in types(of_java).items() if not key.startswith("thread.")}
            if verb == "send":
                expected["service.peer.name"] = "stringValue"  # the broker, as Zipkin's model names it
            else:
                # Of these tells the poll span, the parent.
                for key in ("messaging.consumer.group.name", "messaging.client.id"):
                    self.assertEqual(types(spans["poll " + ours])[key], expected.pop(key))
            self.assertEqual(types(own), expected)
