# SPDX-License-Identifier: Apache-2.0
"""extract_headers.cpp with Python's propagators, tracecontext and then b3, over the getter of an instrumentation of
Kafka. `raises` where the getter lets an exception out."""

import sys

from opentelemetry import trace
from opentelemetry.instrumentation.kafka.utils import KafkaContextGetter
from opentelemetry.propagators.b3 import B3SingleFormat
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator


def headers_of(line):
    headers = []
    for field in line.rstrip("\n").split("\t"):
        name, found, value = field.partition("=")
        if field:
            headers.append((name, bytes.fromhex(value) if found else None))
    return headers


def answer(context):
    found = trace.get_current_span(context).get_span_context()
    if not found.is_valid:
        return "none"
    state = found.trace_state.to_header() if found.trace_state else ""
    return "%032x %016x %d %d =%s" % (found.trace_id, found.span_id, found.trace_flags & 1,
                                      found.trace_flags >> 1 & 1, state.encode("utf-8").hex())


def main():
    propagator = CompositePropagator([TraceContextTextMapPropagator(), B3SingleFormat()])
    getter = KafkaContextGetter()
    for line in sys.stdin:
        try:
            print(answer(propagator.extract(headers_of(line), getter=getter)))
        except UnicodeDecodeError:
            print("raises")


if __name__ == "__main__":
    main()
