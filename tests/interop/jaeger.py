# SPDX-License-Identifier: Apache-2.0
"""Jaeger with its memory storage, and what its query shows in the words in which Zipkin speaks of spans."""

import os

from servers import Server, free_port, get_json

CONFIG = """\
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {{receivers: [otlp, zipkin], exporters: [jaeger_storage_exporter]}}
  telemetry: {{metrics: {{level: none}}}}
extensions:
  jaeger_query:
    storage: {{traces: memory}}
    http: {{endpoint: "127.0.0.1:{query}"}}
    grpc: {{endpoint: "127.0.0.1:{query_grpc}"}}
  jaeger_storage:
    backends: {{memory: {{memory: {{max_traces: 10000}}}}}}
receivers:
  otlp:
    protocols: {{http: {{endpoint: "127.0.0.1:{otlp}"}}}}
  zipkin: {{endpoint: "127.0.0.1:{zipkin}"}}
exporters:
  jaeger_storage_exporter: {{trace_storage: memory}}
"""
# What Jaeger adds to a span's own tags.
OF_JAEGER = ("otel.scope.name", "otel.scope.version", "otel.status_code", "otel.status_description", "span.kind",
             "internal.span.format", "w3c.tracestate")


class Jaeger(Server):
    """Receivers for OTLP and Zipkin, one storage, one query."""

    PORTS = ("otlp", "zipkin", "query", "query_grpc")

    def __init__(self, artefacts, directory):
        super().__init__("jaeger", directory)
        self.binary = os.path.join(artefacts, "jaeger", "jaeger")
        self.ports = {}

    def start(self):
        self.ports = {name: free_port() for name in self.PORTS}
        config = os.path.join(self.directory, "jaeger.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write(CONFIG.format(**self.ports))
        self.spawn([self.binary, "--config", config])

    def ready(self):
        self.wait_for_log("Everything is ready")

    def url(self, receiver):
        """Of `otlp` or `zipkin`, as --zipkin takes it."""
        if receiver == "otlp":
            return "otlp://127.0.0.1:%d" % self.ports["otlp"]
        return "http://127.0.0.1:%d/api/v2/spans" % self.ports["zipkin"]

    def get(self, path):
        """What its query answers; None: it knows no such thing."""
        return get_json("http://127.0.0.1:%d%s" % (self.ports["query"], path))

    def spans_of(self, trace_id):
        """The spans of a trace as Zipkin's API would give them, for trees.py."""
        answer = self.get("/api/traces/" + trace_id)
        return [as_zipkin(span, trace["processes"])
                for trace in (answer or {}).get("data") or [] for span in trace["spans"]]


def plain(tag):
    """A tag's value as text, as Zipkin would show it."""
    return str(tag["value"]).lower() if tag["type"] == "bool" else str(tag["value"])


def as_zipkin(span, processes):
    """One span. `failed`: Jaeger marks it as an error. `foreign`: an OpenTelemetry SDK has made it, and only the topic
    counts among its tags."""
    marks = [tag for tag in span["tags"] if tag["key"] == "error" and tag["type"] == "bool"]
    tags = {tag["key"]: plain(tag) for tag in span["tags"] if tag not in marks}
    kind, scope = tags.get("span.kind"), tags.get("otel.scope.name", "")
    error = tags.get("otel.status_description")
    remote = [tags.pop(key) for key in ("service.peer.name", "peer.service") if key in tags]
    for key in OF_JAEGER:
        tags.pop(key, None)
    if error:
        tags["error"] = error
    foreign = scope not in ("", "edgespan")
    if foreign:
        tags = {"topic": tags[key] for key in ("messaging.destination.name", "messaging.destination") if key in tags}
    found = {"traceId": span["traceID"], "id": span["spanID"], "name": span["operationName"], "tags": tags,
             "kind": kind.upper() if kind and kind != "internal" else None, "foreign": foreign,
             "timestamp": span["startTime"], "duration": span["duration"],
             "failed": [tag["value"] for tag in marks] == [True],
             "localEndpoint": {"serviceName": processes[span["processID"]]["serviceName"]},
             "remoteEndpoint": {"serviceName": remote[0] if remote else None}}
    parents = [one["spanID"] for one in span["references"] if one["refType"] == "CHILD_OF"]
    if parents:
        found["parentId"], = parents
    return found
