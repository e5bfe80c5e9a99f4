# SPDX-License-Identifier: Apache-2.0
"""Programs that OpenTelemetry traces, behind one interface, and the spans that their instrumentations make."""

from peers import command, prefixed
from trees import Expected


class OtelPeer:
    """A subclass says which server runs the commands, and how its instrumentation names its spans."""

    send_verb = "send"
    options = ()
    forward_options = ()
    # Whether the consumer's span is a child of the sender's; else it begins a trace of its own, with a link.
    continues = True
    # Whether it reads X-B3-* as edgespan writes them.
    reads_mixed_case = False
    # Whether what a consumer sends on belongs to the span of the record that it works on.
    sends_inside = True

    def __init__(self, server, kafka, collector):
        self.server = server
        self.brokers = kafka.brokers
        self.url = "http://127.0.0.1:%d/v1/traces" % collector.ports["otlp"]

    def run(self, verb, topic, service, formats, rest):
        argv = [verb, "-b", self.brokers, "-t", topic, "--service", service, "--zipkin", self.url]
        return command(self.server, argv + ["--propagation", formats] + list(self.options) + rest)

    def produce(self, topic, service, formats, context=(), options=()):
        """`context`: headers whose context is current while the record is sent."""
        return self.run("produce", topic, service, formats,
                        ["-k", "k"] + prefixed("--context", context) + list(options))

    def consume(self, topic, service, group, formats, forward=None):
        """`forward`: a topic that the record goes on to, with the headers that it has."""
        rest = ["--forward", forward] + list(self.forward_options) if forward else []
        return self.run("consume", topic, service, formats, ["-g", group, "--timeout", "30"] + rest)

    def sent(self, service, topic, *children, **more):
        return Expected(service, "PRODUCER", "%s %s" % (topic, self.send_verb), {"topic": topic}, children, **more)

    def received(self, service, topic, *children):
        """The span of a record that was consumed, for the children of its sender."""
        return Expected(service, "CONSUMER", "%s %s" % (topic, self.receive_verb), {"topic": topic}, children)


class Java(OtelPeer):
    send_verb, receive_verb = "publish", "process"
    options = ("--tracer", "otel")
    forward_options = ("--with-headers",)
    reads_mixed_case = True


class KafkaPython(OtelPeer):
    """Its consumer's span has ended when the program gets the record."""

    receive_verb = "receive"
    options = ("--client", "kafka")
    sends_inside = False


class Confluent(OtelPeer):
    receive_verb = "process"
    options = ("--client", "confluent")
    continues = False
