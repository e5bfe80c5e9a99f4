# SPDX-License-Identifier: Apache-2.0
"""What a trace must look like, and the comparison of what Zipkin returned with that, span by span."""

import difflib
import re

ANY = object()  # a tag value that only has to be there and not to be empty
CLOCK_SLACK_US = 2000  # two processes of one machine, each with its own wall base and monotonic ticks


class Expected:
    """One span and those below it. `parent` is for a root whose parent was never reported to this Zipkin."""

    def __init__(self, service, kind, name, tags, children=(), remote=None, parent=None, debug=False):
        self.service = service
        self.kind = kind
        self.name = name
        self.tags = tags
        self.children = list(children)
        self.remote = remote
        self.parent = parent
        self.debug = debug

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()


def line(kind, name, service, remote, tags, parent, debug, extra):
    text = "%s %s service=%s remote=%s" % (kind or "-", name or "-", service or "-", remote or "-")
    text += " tags=[%s]" % ", ".join("%s=%s" % (key, tags[key]) for key in sorted(tags))
    text += " parent=" + parent if parent else ""
    return text + (" debug" if debug else "") + extra


def indented(first, children):
    """The children in the order of their own text: Zipkin promises none."""
    lines = [first]
    for child in sorted(children):
        lines.extend("  " + below for below in child)
    return lines


def expected_lines(span):
    tags = {key: "<any>" if value is ANY else value for key, value in span.tags.items()}
    first = line(span.kind, span.name, span.service, span.remote, tags, span.parent, span.debug, "")
    return indented(first, [expected_lines(child) for child in span.children])


class Trace:
    """The spans of one trace as Zipkin's API gave them."""

    def __init__(self, spans):
        self.spans = spans
        self.by_id = {span["id"]: span for span in spans}
        self.children = {}
        for span in spans:
            self.children.setdefault(self.parent_of(span), []).append(span)

    def parent_of(self, span):
        """The parent's id if that span is in this trace, None for the roots of what is here."""
        parent = span.get("parentId")
        return parent if parent in self.by_id else None

    def lines(self, span, any_value_of):
        tags = dict(span.get("tags", {}))
        for key in any_value_of:
            if tags.get(key):
                tags[key] = "<any>"
        extra = " shared" if span.get("shared") else ""
        extra += " annotations=%s" % span["annotations"] if span.get("annotations") else ""
        first = line(span.get("kind"), span.get("name"), span.get("localEndpoint", {}).get("serviceName"),
                     span.get("remoteEndpoint", {}).get("serviceName"), tags,
                     span.get("parentId") if self.parent_of(span) is None else None, span.get("debug"), extra)
        children = self.children.get(span["id"], [])
        return indented(first, [self.lines(child, any_value_of) for child in children])


def shape_faults(trace, roots):
    """Kind, name, service, remote service, tags, debug flag and parent of every span, as a diff."""
    expected = [span for root in roots for span in root.walk()]
    any_value_of = {key for span in expected for key in span.tags if span.tags[key] is ANY}
    want = [text for tree in sorted(expected_lines(root) for root in roots) for text in tree]
    have = [text for tree in sorted(trace.lines(root, any_value_of) for root in trace.children.get(None, []))
            for text in tree]
    faults = list(difflib.unified_diff(want, have, "expected", "zipkin", n=100, lineterm=""))
    if len(have) != len(trace.spans):
        faults.append("%d of %d spans hang below a root" % (len(have), len(trace.spans)))
    return faults


def id_faults(trace):
    faults = []
    if len(trace.by_id) != len(trace.spans):
        faults.append("two spans have the same id")
    for span in trace.spans:
        if span["traceId"] != trace.spans[0]["traceId"]:
            faults.append("span %s has another trace id" % span["id"])
        if not re.fullmatch("[0-9a-f]{16}", span["id"]) or span["id"] == "0" * 16:
            faults.append("span id %r" % span["id"])
    return faults


def time_faults(trace, earliest_us, latest_us):
    """Every span began inside the window and not before its parent; sends and work took time, polls none."""
    faults = []
    for span in trace.spans:
        what = "%s %s" % (span.get("name"), span["id"])
        start, duration = span.get("timestamp", 0), span.get("duration", 0)
        if not earliest_us - CLOCK_SLACK_US <= start or not start + duration <= latest_us + CLOCK_SLACK_US:
            faults.append("%s: %d + %d is not in %d...%d" % (what, start, duration, earliest_us, latest_us))
        parent = trace.by_id.get(span.get("parentId"))
        if parent and start < parent.get("timestamp", 0) - CLOCK_SLACK_US:
            faults.append("%s begins before its parent" % what)
        if span.get("foreign"):
            pass  # how long it lasts is not ours to judge
        elif span.get("kind") == "CONSUMER" and not span["name"].startswith("process "):
            # Zipkin keeps no duration of 0, so the shortest that can be shown is 1 us.
            if duration > 1:
                faults.append("%s: a poll has no length, this one %d us" % (what, duration))
        elif duration < 1:
            faults.append("%s has no duration" % what)
    return faults


def faults(spans, roots, earliest_us, latest_us):
    """Everything that differs between the spans of one trace and the expected roots; [] if nothing does."""
    if not spans:
        return ["Zipkin has no such trace"]
    trace = Trace(spans)
    return shape_faults(trace, roots) + id_faults(trace) + time_faults(trace, earliest_us, latest_us)
