# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry for Python behind a command line like the edgespan tool's: JavaPeer's counterpart, with both Kafka
clients that have an instrumentation. Reads commands from stdin, one a line, arguments separated by tabs, and answers
each with the command's own output and a line `end exit=CODE`: 0 done, 1 failed at run time, 2 bad usage."""

import argparse
import sys
import time
import traceback

import confluent_kafka
import kafka
from opentelemetry import context, propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.confluent_kafka import ConfluentKafkaInstrumentor
from opentelemetry.instrumentation.kafka import KafkaInstrumentor
from opentelemetry.propagators.b3 import B3MultiFormat, B3SingleFormat
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, StaticSampler, Decision
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

DELIVERY_S = 30
FORMATS = {"w3c": TraceContextTextMapPropagator, "b3": B3SingleFormat, "b3_multi": B3MultiFormat}


class Usage(Exception):
    pass


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        raise Usage(message)


def pair(text):
    name, found, value = text.partition("=")
    if not found or not name:
        raise argparse.ArgumentTypeError("%s: name=value is needed" % text)
    return name, value.encode("utf-8")


def arguments():
    parser = Arguments(add_help=False)
    parser.add_argument("command", choices=("produce", "consume"))
    parser.add_argument("-b", dest="brokers", required=True)
    parser.add_argument("-t", dest="topic", required=True)
    parser.add_argument("-n", dest="count", type=int, default=1)
    parser.add_argument("-k", dest="key_prefix", default="")
    parser.add_argument("-g", dest="group")
    parser.add_argument("-H", dest="headers", type=pair, action="append", default=[])
    parser.add_argument("--context", type=pair, action="append", default=[])
    parser.add_argument("--service", default="python")
    parser.add_argument("--zipkin", required=True)  # the URL of a collector for OTLP; named as in the tool
    parser.add_argument("--propagation", default="w3c")
    parser.add_argument("--unsampled", action="store_true")
    parser.add_argument("--forward")
    parser.add_argument("--timeout", type=float, default=20)
    parser.add_argument("--client", choices=("kafka", "confluent"), required=True)
    return parser


def propagator(formats):
    """Of the formats by the names that edgespan gives them, separated by commas."""
    unknown = [name for name in formats.split(",") if name not in FORMATS]
    if unknown:
        raise Usage("--propagation %s: of %s" % (formats, ", ".join(FORMATS)))
    return CompositePropagator([FORMATS[name]() for name in formats.split(",")])


def provider(options):
    sampler = ParentBased(StaticSampler(Decision.DROP if options.unsampled else Decision.RECORD_AND_SAMPLE))
    made = TracerProvider(sampler=sampler, resource=Resource({"service.name": options.service}),
                          shutdown_on_exit=False)
    made.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=options.zipkin)))
    return made


def show(out, word, place, key, headers):
    fields = "".join(" %s=%s" % (name, (value or b"").decode("utf-8", "replace")) for name, value in headers or [])
    out.write("%s topic=%s partition=%s offset=%s key=%s%s\n" % (word, *place, key.decode("utf-8"), fields))


class KafkaPython:
    """The client kafka-python, instrumented as the whole library is."""

    def __init__(self, options, tracing):
        self.options = options
        KafkaInstrumentor().instrument(tracer_provider=tracing)

    def close(self):
        KafkaInstrumentor().uninstrument()

    def produce(self, records):
        """Sends (topic, key, value, headers); yields where each went."""
        producer = kafka.KafkaProducer(bootstrap_servers=self.options.brokers)
        sent = [producer.send(topic, value=value, key=key, headers=headers) for topic, key, value, headers in records]
        for future in sent:
            where = future.get(DELIVERY_S)
            yield where.topic, where.partition, where.offset
        producer.close()

    def consume(self, work):
        options = self.options
        consumer = kafka.KafkaConsumer(options.topic, bootstrap_servers=options.brokers, group_id=options.group,
                                       auto_offset_reset="earliest", enable_auto_commit=False,
                                       consumer_timeout_ms=int(1000 * options.timeout))
        seen = 0
        for record in consumer:
            work((record.topic, record.partition, record.offset), record.key, record.value, record.headers)
            seen += 1
            if seen == options.count:
                break
        consumer.commit()
        consumer.close()
        return seen


class Confluent:
    """The client confluent-kafka, which stands on librdkafka, instrumented object by object."""

    def __init__(self, options, tracing):
        self.options = options
        self.tracing = tracing

    def close(self):
        pass

    def produce(self, records):
        instrument = ConfluentKafkaInstrumentor.instrument_producer
        producer = instrument(confluent_kafka.Producer({"bootstrap.servers": self.options.brokers}), self.tracing)
        done, places = [], []
        for topic, key, value, headers in records:
            producer.produce(topic, value, key=key, headers=headers,
                             on_delivery=lambda error, message: done.append((error, message)))
        producer.flush(DELIVERY_S)
        for error, message in done:
            if error is not None:
                raise RuntimeError(error)
            places.append((message.topic(), message.partition(), message.offset()))
        return places

    def consume(self, work):
        options = self.options
        consumer = ConfluentKafkaInstrumentor.instrument_consumer(confluent_kafka.Consumer({
            "bootstrap.servers": options.brokers, "group.id": options.group, "auto.offset.reset": "earliest",
            "enable.auto.commit": False}), self.tracing)
        consumer.subscribe([options.topic])
        seen, started = 0, time.monotonic()
        while seen < options.count and time.monotonic() - started < options.timeout:
            message = consumer.poll(0.2)
            if message is None or message.error() is not None:
                continue
            place = (message.topic(), message.partition(), message.offset())
            work(place, message.key(), message.value(), message.headers())
            seen += 1
        if seen:
            consumer.commit(asynchronous=False)
        consumer.close()
        return seen


def produce(options, client, out):
    records = [(options.topic, b"%s%d" % (options.key_prefix.encode(), i), b"value", list(options.headers))
               for i in range(options.count)]
    token = context.attach(propagate.extract(options.context, getter=Carrier()))
    try:
        places = list(client.produce(records))
    finally:
        context.detach(token)
    # The instrumentations add their headers to the list that they were given.
    for (_, key, _, headers), place in zip(records, places):
        show(out, "delivered", place, key, headers)
    return 0 if len(places) == len(records) else 1


class Carrier:
    """Reads the headers that are given for --context."""

    def get(self, carrier, key):
        return [value.decode("utf-8") for name, value in carrier if name == key] or None

    def keys(self, carrier):
        return [name for name, _ in carrier]


def consume(options, client, out):
    def work(place, key, value, headers):
        show(out, "record", place, key, headers)
        if options.forward:
            # As a program does that passes on what came: value, key and the list of headers.
            list(client.produce([(options.forward, key, value, list(headers or []))]))

    return 0 if client.consume(work) == options.count else 1


def run(argv, out):
    options = arguments().parse_args(argv)
    propagate.set_global_textmap(propagator(options.propagation))
    tracing = provider(options)
    client = (KafkaPython if options.client == "kafka" else Confluent)(options, tracing)
    try:
        return (produce if options.command == "produce" else consume)(options, client, out)
    finally:
        client.close()
        tracing.shutdown()


def main():
    # Log lines must not come between the answers: stdout is ours alone, everything else goes to stderr.
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        try:
            code = run(line.rstrip("\n").split("\t"), out)
        except Usage as usage:
            print("python_peer: %s" % usage, file=sys.stderr)
            code = 2
        except Exception:  # pylint: disable=broad-exception-caught
            traceback.print_exc()
            code = 1
        out.write("end exit=%d\n" % code)
        out.flush()


if __name__ == "__main__":
    main()
