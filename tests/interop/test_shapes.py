# SPDX-License-Identifier: Apache-2.0
"""Traces with more than one consumer or more than two services, and deliveries that fail."""

import time

import case
from case import InteropCase, poll, process, send
from servers import free_port, wait_until
from trees import ANY


class TwoGroups:
    def test_each_group_has_a_branch_of_its_own(self):
        producer, consumers = self.parties()
        topic, gateway = self.topic(), self.unique("gateway")
        self.ok(producer.produce(topic, gateway))
        trace = self.assert_context(self.wire(topic)[0], "single_no_parent").trace
        branches = []
        for consumer in consumers:
            service = self.unique("cloud")
            self.records(consumer.consume(topic, service, self.unique("group"), process="store"), 1)
            branches.append(poll(service, topic, process(consumer, service, "store", topic, "k0")))
        self.assert_trace(trace, send(gateway, topic, "k0", *branches))


class EdgespanToEdgespanAndBrave(TwoGroups, InteropCase):
    def parties(self):
        return self.edgespan, (self.edgespan, self.brave)


class BraveToTwoEdgespans(TwoGroups, InteropCase):
    def parties(self):
        return self.brave, (self.edgespan, self.edgespan)


class BraveToTwoBraves(TwoGroups, InteropCase):
    def parties(self):
        return self.brave, (self.brave, self.brave)


class ThreeServices:
    def test_brave_in_the_middle_sends_on_inside_its_own_work(self):
        first, last = self.peers()
        raw, clean = self.topic("raw"), self.topic("clean")
        gateway, relay, cloud = (self.unique(name) for name in ("gateway", "relay", "cloud"))
        self.ok(first.produce(raw, gateway))
        self.ok(self.brave.consume(
            raw, relay, self.unique("group"), process="filter", options=["--forward", clean]))
        self.ok(last.consume(clean, cloud, self.unique("group"), process="store"))
        end = poll(cloud, clean, process(last, cloud, "store", clean, "k0"))
        middle = process(self.brave, relay, "filter", raw, "k0", send(relay, clean, "k0", end))
        trace = self.assert_context(self.wire(raw)[0], "single_no_parent").trace
        self.assert_trace(trace, send(gateway, raw, "k0", poll(relay, raw, middle)))


class BraveBetweenEdgespans(ThreeServices, case.EdgespanToEdgespan, InteropCase):
    pass


class BraveBetweenBraves(ThreeServices, case.BraveToBrave, InteropCase):
    pass


class Gateway(InteropCase):
    def test_edgespan_in_the_middle_sends_on_with_the_header_it_polled(self):
        raw, clean = self.topic("raw"), self.topic("clean")
        sensor, gateway, cloud = (self.unique(name) for name in ("sensor", "gateway", "cloud"))
        self.ok(self.brave.produce(raw, sensor))
        polled, = self.records(self.edgespan.consume(raw, gateway, self.unique("group")), 1)
        self.ok(self.edgespan.produce(clean, gateway, headers=["b3=" + polled.header("b3")]))
        self.ok(self.brave.consume(clean, cloud, self.unique("group"), process="store"))
        end = poll(cloud, clean, process(self.brave, cloud, "store", clean, "k0"))
        trace = self.assert_context(polled, "single_no_parent").trace
        self.assert_trace(trace, send(sensor, raw, "k0", poll(gateway, raw, send(gateway, clean, "k0", end))))

    def test_zipkin_finds_the_trace_by_each_service_and_draws_the_links(self):
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.ok(self.edgespan.produce(topic, gateway))
        polled, = self.records(self.edgespan.consume(topic, cloud, self.unique("group")), 1)
        trace = self.assert_context(polled, "single_no_parent").trace
        self.assert_trace(trace, send(gateway, topic, "k0", poll(cloud, topic)))
        for service in (gateway, cloud):
            self.assertEqual([trace], [spans[0]["traceId"] for spans in self.api.traces_of(service)])
            self.assertEqual(["kafka"], self.api.get("/api/v2/remoteServices?serviceName=" + service))
        links = self.api.get("/api/v2/dependencies?endTs=%d" % (time.time_ns() // 1_000_000 + 1000))
        links = {(link["parent"], link["child"]): link["callCount"] for link in links}
        self.assertEqual((links.get((gateway, "kafka")), links.get(("kafka", cloud))), (1, 1))


class FailedDelivery(InteropCase):
    def assert_failed_send(self, result, gateway, topic, error):
        """The command says so and exits 1; the trace is found by the service, for it was never received."""
        self.assertEqual(result.exit_code, 1, str(result))
        failed, = result.lines
        self.assertEqual(failed.word, "failed", str(result))
        if error is not ANY:
            self.assertEqual(failed.text.rpartition(" error=")[2], error, str(result))
        found = wait_until(lambda: self.api.traces_of(gateway), case.SPANS_S, "the failed span: %s" % result)
        self.assertEqual(len(found), 1)
        self.assert_trace(found[0][0]["traceId"], send(gateway, topic, "k0", tags={"error": error}))

    def test_edgespan_record_that_the_broker_refuses(self):
        topic, gateway = self.topic("small", ["max.message.bytes=300"]), self.unique("gateway")
        result = self.edgespan.produce_values(topic, gateway, ["x" * 2000])
        self.assert_failed_send(result, gateway, topic, "MSG_SIZE_TOO_LARGE")

    def test_edgespan_record_that_times_out(self):
        topic, gateway = self.unique("unreachable"), self.unique("gateway")
        result = self.edgespan.produce(topic, gateway, brokers="127.0.0.1:%d" % free_port(), properties=[
            "message.timeout.ms=500", "reconnect.backoff.ms=50", "reconnect.backoff.max.ms=100"])
        self.assert_failed_send(result, gateway, topic, "_MSG_TIMED_OUT")

    def test_brave_record_that_the_broker_refuses(self):
        topic, gateway = self.topic("small", ["max.message.bytes=300"]), self.unique("gateway")
        result = self.brave.produce(topic, gateway, options=["--value-bytes", "2000"])
        self.assert_failed_send(result, gateway, topic, ANY)
