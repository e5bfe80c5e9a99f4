# SPDX-License-Identifier: Apache-2.0
"""The OpenTelemetry Collector, what arrived in it, and the same in the words in which Zipkin speaks of spans."""

import json
import os

from servers import Server, free_port

CONFIG = """\
receivers:
  otlp:
    protocols: {{http: {{endpoint: "127.0.0.1:{otlp}"}}}}
  otlp/small:
    protocols: {{http: {{endpoint: "127.0.0.1:{otlp_small}", max_request_body_size: {small}}}}}
  zipkin: {{endpoint: "127.0.0.1:{zipkin}"}}
  zipkin/small: {{endpoint: "127.0.0.1:{zipkin_small}", max_request_body_size: {small}}}
exporters:
  arrivals: {{path: "{path}", fail: "{path}.fail"}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines:
    traces: {{receivers: [otlp, otlp/small, zipkin, zipkin/small], exporters: [arrivals]}}
"""
SMALL_BYTES = 1000  # what the receivers `small` take at most
KINDS = (None, None, "SERVER", "CLIENT", "PRODUCER", "CONSUMER")  # by OTLP's number, 1 is internal


class Collector(Server):
    """Receivers for OTLP and Zipkin, one of each with a small limit; one pipeline, into a file of lines."""

    RECEIVERS = ("otlp", "otlp_small", "zipkin", "zipkin_small")

    def __init__(self, artefacts, directory):
        super().__init__("collector", directory)
        self.binary = os.path.join(artefacts, "collector", "collector")
        self.path = os.path.join(directory, "arrivals.jsonl")
        self.ports = {}

    def start(self):
        """The first start chooses the ports, a later one takes the same."""
        self.ports = self.ports or {name: free_port() for name in self.RECEIVERS}
        config = os.path.join(self.directory, "collector.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write(CONFIG.format(path=self.path, small=SMALL_BYTES, **self.ports))
        if os.path.exists(self.log):
            os.remove(self.log)  # what `ready` looks for must be of this start
        self.spawn([self.binary, "--config", config])

    def ready(self):
        self.wait_for_log("Everything is ready")

    def url(self, receiver):
        """Of one of RECEIVERS, as --zipkin takes it."""
        if receiver.startswith("otlp"):
            return "otlp://127.0.0.1:%d" % self.ports[receiver]
        return "http://127.0.0.1:%d/api/v2/spans" % self.ports[receiver]

    def fail(self, how):
        """From now on the pipeline fails: `later`, or `never` for good; None: it works again."""
        if how is None:
            if os.path.exists(self.path + ".fail"):
                os.remove(self.path + ".fail")
        else:
            with open(self.path + ".new", "w", encoding="utf-8") as out:
                out.write(how)
            os.rename(self.path + ".new", self.path + ".fail")

    def mark(self):
        """A place in what arrives: arrived(mark) begins there."""
        return os.path.getsize(self.path) if os.path.exists(self.path) else 0

    def requests(self, mark):
        """One entry for each request that reached the pipeline behind the mark: what arrived, or that it failed."""
        if not os.path.exists(self.path):
            return []
        with open(self.path, "rb") as file:
            file.seek(mark)
            return [json.loads(line) for line in file.read().rpartition(b"\n")[0].splitlines()]

    def arrived(self, mark):
        """The spans that arrived behind the mark: (resource, scope, span), each as OTLP's JSON has it."""
        return [(of_resource.get("resource", {}), of_scope.get("scope", {}), span)
                for request in self.requests(mark)
                for of_resource in request.get("resourceSpans", [])
                for of_scope in of_resource.get("scopeSpans", [])
                for span in of_scope.get("spans", [])]


def attributes(pairs):
    """Key and value of each attribute, sorted: the receivers promise no order. A key that stands twice shows twice."""
    return sorted((pair["key"], json.dumps(pair.get("value", {}), sort_keys=True)) for pair in pairs)


def canonical(resource, scope, span):
    """All that a span arrived with, in one form; only two things do not count. The scope's name says by which way a
    span came, and the flags that OTLP adds (bits 8 and 9: whether the parent is remote) Zipkin has no place for."""
    form = {key: value for key, value in span.items() if value not in ("", [], {}, 0)}
    form.pop("flags", None)
    for key in ("attributes", "events"):
        form.pop(key, None)
    form["status"] = span.get("status", {})
    form["attributes"] = attributes(span.get("attributes", []))
    form["events"] = sorted((event["timeUnixNano"], event.get("name", ""), attributes(event.get("attributes", [])))
                            for event in span.get("events", []))
    form["resource"] = attributes(resource.get("attributes", []))
    form["scope"] = attributes(scope.get("attributes", []))
    return form


def as_zipkin_has_it(form):
    """A canonical span without what Zipkin's form has no place for: the types of attributes, and a status with words of
    its own, which is a tag there."""
    form = dict(form, status=dict(form["status"]))
    told = [(key, plain(json.loads(value))) for key, value in form["attributes"]]
    words = form["status"].pop("message", None)
    form["attributes"] = sorted(told + ([("error", words)] if words else []))
    return form


def plain(value):
    """An attribute's value as text, as Zipkin would show it."""
    (_, inner), = value.items()
    return str(inner).lower() if isinstance(inner, bool) else str(inner)


def as_zipkin(resource, scope, span):
    """The span as Zipkin's API would give it, for trees.py. Of one that an OpenTelemetry SDK has made, only the topic
    counts among its attributes; they differ with language and version. It is `foreign`."""
    tags = {pair["key"]: plain(pair["value"]) for pair in span.get("attributes", [])}
    service = {pair["key"]: plain(pair["value"]) for pair in resource.get("attributes", [])}.get("service.name")
    start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
    remote = tags.pop("service.peer.name", None)
    foreign = scope.get("name", "") not in ("", "edgespan")
    if span.get("status", {}).get("message"):
        tags["error"] = span["status"]["message"]
    if foreign:
        topics = [tags[key] for key in ("messaging.destination.name", "messaging.destination") if key in tags]
        tags = {"topic": topic for topic in topics}
    found = {"traceId": span["traceId"], "id": span["spanId"], "name": span["name"], "tags": tags, "foreign": foreign,
             "kind": KINDS[span.get("kind", 0)], "timestamp": start // 1000, "duration": (end - start) // 1000,
             "localEndpoint": {"serviceName": service}, "remoteEndpoint": {"serviceName": remote}}
    if span.get("parentSpanId"):
        found["parentId"] = span["parentSpanId"]
    return found
