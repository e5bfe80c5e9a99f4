# SPDX-License-Identifier: Apache-2.0
"""The base of every case that talks to real servers; they are started once, at the first such case."""

import os
import shutil
import tempfile
import time
import unittest

from collector import Collector
from peers import Brave, Context, Edgespan, expected_headers
from servers import START_S, JavaPeer, Kafka, PythonPeer, Zipkin, get_json, wait_until
from trees import Expected, faults

SPANS_S = 8  # the programs have ended and Zipkin has answered them: only its storing is waited for


class ZipkinApi:
    def __init__(self, url):
        self.url = url

    def get(self, path):
        return get_json(self.url + path)

    def trace(self, trace_id):
        return self.get("/api/v2/trace/" + trace_id) or []

    def traces_of(self, service):
        return self.get("/api/v2/traces?limit=100&serviceName=" + service)

    def spans_received(self):
        """The collector's own count; it grows before the reporter gets its answer."""
        counters = self.get("/metrics")

        def count(what):
            names = ("counter.zipkin_collector.%s.%s" % (what, transport) for transport in ("http", "kafka"))
            return sum(int(counters.get(name, 0)) for name in names)

        if count("spans_dropped") > 0:
            raise AssertionError("Zipkin dropped spans: %s" % counters)
        return count("spans")


class World:
    """Kafka, Zipkin, the Collector and the peers, and what talks to them."""

    def __init__(self):
        artefacts = os.environ["INTEROP_DIR"]
        self.directory = tempfile.mkdtemp(prefix="run-", dir=artefacts)
        self.servers = [cls(artefacts, self.directory) for cls in (Zipkin, JavaPeer, Kafka, Collector, PythonPeer)]
        self.zipkin, self.jvm, self.kafka, self.collector, self.python = self.servers
        self.up = False

    def start(self):
        self.kafka.start()
        self.jvm.start()
        self.collector.start()
        self.kafka.ready()
        # Zipkin looks for a topic that is not there yet once in five minutes.
        code, answer = self.jvm.command(["create-topics", "-b", self.kafka.brokers, "-t", "zipkin"], START_S)
        if code != 0:
            raise AssertionError("the topic zipkin cannot be made: %s" % answer)
        self.zipkin.start(self.kafka.brokers)
        self.zipkin.ready()
        self.collector.ready()
        self.api = ZipkinApi(self.zipkin.url)
        self.brave = Brave(self.jvm, self.kafka, self.zipkin)
        self.edgespan = Edgespan(os.environ.get("EDGESPAN"), self.kafka, self.zipkin)
        # The broker answers when it can; this also makes the offsets topic, so that no case waits for it.
        for result in (self.brave.create_topic("warm-up"), self.brave.plain_produce("warm-up", 1),
                       self.brave.plain_consume("warm-up", 1)):
            if result.exit_code != 0:
                raise AssertionError("the servers do not work: %s" % result)
        self.up = True

    def stop(self, keep_logs):
        for server in self.servers:
            server.terminate()  # All at once: they end side by side.
        for server in self.servers:
            server.stop()
        if keep_logs:
            shutil.rmtree(os.path.join(self.directory, "data"), ignore_errors=True)
            print("the servers' logs are in " + self.directory)
        else:
            shutil.rmtree(self.directory, ignore_errors=True)


class InteropCase(unittest.TestCase):
    world = None
    names = 0
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if InteropCase.world is None:
            InteropCase.world = World()
            InteropCase.world.start()
        elif not cls.world.up:
            raise AssertionError("the servers did not start; the first failure says why")
        cls.api, cls.brave, cls.edgespan = cls.world.api, cls.world.brave, cls.world.edgespan

    def setUp(self):
        self.received_before = self.api.spans_received()
        self.earliest_us = time.time_ns() // 1000
        self.spans_expected = 0

    def tearDown(self):
        """The books of every case: Zipkin was sent exactly the spans that the case has looked at."""
        received = self.api.spans_received() - self.received_before
        self.assertEqual(received, self.spans_expected, "spans that Zipkin received, and spans expected")

    def unique(self, stem):
        """A name that no other case uses: for topics, services and groups."""
        InteropCase.names += 1
        return "%s-%d" % (stem, InteropCase.names)

    def topic(self, stem="orders", properties=()):
        name = self.unique(stem)
        self.ok(self.brave.create_topic(name, properties))
        return name

    def ok(self, result):
        """A command that must have done its work; returns its lines."""
        self.assertEqual(result.exit_code, 0, str(result))
        return result.lines

    def records(self, result, count):
        lines = [line for line in self.ok(result) if line.word == "record"]
        self.assertEqual(len(lines), count, str(result))
        return lines

    def delivered(self, result, count):
        lines = [line for line in self.ok(result) if line.word == "delivered"]
        self.assertEqual(len(lines), count, str(result))
        return lines

    def wire(self, topic, count=1):
        """The records as they are on the broker, in the order of their offsets."""
        return self.records(self.brave.plain_consume(topic, count), count)

    def assert_context(self, line, b3, decision="1", parent=None, others=()):
        """Exactly one context, in exactly this format, and beside it exactly the headers in `others`.

        `parent` is the parent that the span has; no format but single_no_parent may hide it.
        """
        context = Context(line.headers)
        self.assertTrue(context.trace and context.span, line.text)
        self.assertEqual(context.decision, decision, line.text)
        self.assertEqual(context.parent, None if b3 == "single_no_parent" else parent, line.text)
        want = {**expected_headers(b3, context), **dict(others)}
        self.assertEqual(sorted(line.headers), sorted(want.items()), line.text)
        return context

    def assert_trace(self, trace_id, *roots):
        """Waits until Zipkin has as many spans as expected, compares, and returns them by id."""
        count = sum(1 for root in roots for _ in root.walk())
        self.spans_expected += count
        try:
            spans = wait_until(lambda: self.enough(trace_id, count), SPANS_S, "spans")
        except TimeoutError:
            spans = self.api.trace(trace_id)
        found = faults(spans, roots, self.earliest_us, time.time_ns() // 1000)
        if found:
            self.fail("trace %s is not as expected:\n%s" % (trace_id, "\n".join(found)))
        return {span["id"]: span for span in spans}

    def enough(self, trace_id, count):
        spans = self.api.trace(trace_id)
        return spans if len(spans) >= count else None


def send(service, topic, key, *children, **more):
    tags = {"kafka.key": key, "kafka.topic": topic, **more.pop("tags", {})}
    return Expected(service, "PRODUCER", "send", tags, children, remote="kafka", **more)


def poll(service, topic, *children, **more):
    return Expected(service, "CONSUMER", "poll", {"kafka.topic": topic}, children, remote="kafka", **more)


def process(peer, service, name, topic, key, *children, **more):
    return Expected(service, None, name, peer.process_tags(topic, key), children, **more)


def otel_tags(operation, operation_type, topic, record, more=()):
    """The tags of a span in OpenTelemetry's spelling, of a record that a plain consumer has read."""
    return {"messaging.system": "kafka", "messaging.operation.name": operation,
            "messaging.operation.type": operation_type, "messaging.destination.name": topic,
            "messaging.destination.partition.id": record.fields["partition"],
            "messaging.kafka.message.key": record.fields["key"], "messaging.kafka.offset": record.fields["offset"],
            **dict(more)}


class EdgespanToBrave:
    def peers(self):
        return self.edgespan, self.brave


class BraveToEdgespan:
    def peers(self):
        return self.brave, self.edgespan


class EdgespanToEdgespan:
    def peers(self):
        return self.edgespan, self.edgespan


class BraveToBrave:
    """The reference: what the other directions are measured against is what Brave does with itself."""

    def peers(self):
        return self.brave, self.brave
