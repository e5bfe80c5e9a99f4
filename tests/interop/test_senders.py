# SPDX-License-Identifier: Apache-2.0
"""The ways spans take to Zipkin beside HTTP: its Kafka collector, and a file that is posted later."""

import os
import re
import urllib.request

from case import InteropCase, send
from peers import Edgespan


class Senders(InteropCase):
    def produced(self, url):
        """Two records whose spans went to `url`; returns their contexts and what Zipkin must show."""
        peer = Edgespan(self.edgespan.binary, self.world.kafka, self.world.zipkin)
        peer.zipkin = url
        topic, gateway = self.topic(), self.unique("gateway")
        self.delivered(peer.produce(topic, gateway, count=2), 2)
        return [(self.assert_context(line, "single_no_parent"), send(gateway, topic, line.fields["key"]))
                for line in self.wire(topic, 2)]

    def test_kafka_collector_shows_the_spans(self):
        for context, expected in self.produced("kafka://%s/zipkin" % self.world.kafka.brokers):
            self.assert_trace(context.trace, expected)
        records = [line for line in self.ok(self.brave.plain_consume("zipkin", 1)) if line.word == "record"]
        self.assertTrue(records)
        for record in records:
            self.assertEqual((record.fields["key"], record.headers), ("null", []))

    def test_zipkin_takes_packed_batches(self):
        topic, gateway = self.topic(), self.unique("gateway")
        result = self.edgespan.produce(topic, gateway, count=30, options=["--gzip"])
        self.delivered(result, 30)
        packed = re.search("^gzip batches=([1-9]\\d*) before_bytes=(\\d+) after_bytes=(\\d+)", result.stderr, re.M)
        self.assertTrue(packed and int(packed.group(3)) * 2 < int(packed.group(2)), str(result))
        for line in self.wire(topic, 30):
            context = self.assert_context(line, "single_no_parent")
            self.assert_trace(context.trace, send(gateway, topic, line.fields["key"]))

    def test_a_file_is_posted_later(self):
        path = os.path.join(self.world.directory, self.unique("spans"))
        produced = self.produced("file:" + path) + self.produced("file:" + path)
        with open(path, "rb") as file:
            request = urllib.request.Request(self.world.zipkin.url + "/api/v2/spans", file.read(),
                                             {"Content-Type": "application/x-protobuf"})
        with urllib.request.urlopen(request, timeout=10) as reply:
            self.assertEqual(reply.status, 202)
        for context, expected in produced:
            self.assert_trace(context.trace, expected)
