# SPDX-License-Identifier: Apache-2.0
"""The comparison must be able to fail: one right trace, and a wrong one for everything it claims to see."""

import copy
import unittest

from trees import ANY, Expected, faults

T0 = 1_700_000_000_000_000
NOW = T0 + 1_000_000


def right_spans():
    def span(span_id, parent, name, kind, start, **more):
        service = "gateway" if kind == "PRODUCER" else "cloud"
        fields = {"traceId": "0" * 15 + "1" + "a" * 16, "id": span_id, "name": name, "timestamp": T0 + start,
                  "localEndpoint": {"serviceName": service}, "tags": {"kafka.topic": "t"}, **more}
        if parent:
            fields["parentId"] = parent
        if kind:
            fields.update(kind=kind, remoteEndpoint={"serviceName": "kafka"})
        return fields

    return [span("a" * 16, None, "send", "PRODUCER", 0, duration=900),
            span("b" * 16, "a" * 16, "poll", "CONSUMER", 500),
            span("c" * 16, "b" * 16, "store", None, 600, duration=20)]


def right_tree():
    tags = {"kafka.topic": "t"}
    store = Expected("cloud", None, "store", tags)
    poll = Expected("cloud", "CONSUMER", "poll", tags, [store], remote="kafka")
    return Expected("gateway", "PRODUCER", "send", tags, [poll], remote="kafka")


class Comparison(unittest.TestCase):
    def complaints(self, change=None, root=None):
        spans = copy.deepcopy(right_spans())
        if change:
            change(spans)
        return faults(spans, [root or right_tree()], T0, NOW)

    def assert_seen(self, change):
        self.assertNotEqual([], self.complaints(change))

    def test_right_trace_passes(self):
        self.assertEqual([], self.complaints())

    def test_order_of_spans_does_not_matter(self):
        self.assertEqual([], self.complaints(lambda spans: spans.reverse()))

    def test_wrong_parent(self):
        self.assert_seen(lambda spans: spans[2].update(parentId="a" * 16))

    def test_parent_that_is_not_there(self):
        self.assert_seen(lambda spans: spans[2].update(parentId="d" * 16))

    def test_missing_parent(self):
        self.assert_seen(lambda spans: spans[1].pop("parentId"))

    def test_missing_tag(self):
        self.assert_seen(lambda spans: spans[1].pop("tags"))

    def test_extra_tag(self):
        self.assert_seen(lambda spans: spans[1]["tags"].update(extra="1"))

    def test_wrong_tag_value(self):
        self.assert_seen(lambda spans: spans[1]["tags"].update({"kafka.topic": "u"}))

    def test_wrong_service(self):
        self.assert_seen(lambda spans: spans[1].update(localEndpoint={"serviceName": "gateway"}))

    def test_wrong_remote_service(self):
        self.assert_seen(lambda spans: spans[1].update(remoteEndpoint={"serviceName": "broker"}))

    def test_remote_service_where_none_belongs(self):
        self.assert_seen(lambda spans: spans[2].update(remoteEndpoint={"serviceName": "kafka"}))

    def test_wrong_kind(self):
        self.assert_seen(lambda spans: spans[0].update(kind="CLIENT"))

    def test_wrong_name(self):
        self.assert_seen(lambda spans: spans[0].update(name="poll"))

    def test_debug_and_shared_that_nobody_set(self):
        self.assert_seen(lambda spans: spans[0].update(debug=True))
        self.assert_seen(lambda spans: spans[0].update(shared=True))

    def test_missing_and_extra_span(self):
        self.assert_seen(lambda spans: spans.pop())
        self.assert_seen(lambda spans: spans.append(dict(spans[2], id="d" * 16)))
        self.assert_seen(lambda spans: spans.clear())

    def test_spans_that_hang_below_each_other(self):
        def ring(spans):
            spans.append(dict(spans[2], id="d" * 16, parentId="e" * 16))
            spans.append(dict(spans[2], id="e" * 16, parentId="d" * 16))

        self.assert_seen(ring)

    def test_bad_ids(self):
        self.assert_seen(lambda spans: spans.append(dict(spans[2])))
        self.assert_seen(lambda spans: spans[2].update(id="0" * 16))
        self.assert_seen(lambda spans: spans[2].update(traceId="f" * 16))

    def test_times(self):
        self.assert_seen(lambda spans: spans[0].pop("duration"))
        self.assert_seen(lambda spans: spans[2].pop("duration"))
        self.assert_seen(lambda spans: spans[1].update(duration=50))
        self.assert_seen(lambda spans: spans[0].pop("timestamp"))
        self.assert_seen(lambda spans: spans[0].update(timestamp=T0 + 10_000))
        self.assert_seen(lambda spans: [span.update(timestamp=1) for span in spans])
        self.assert_seen(lambda spans: spans[2].update(duration=NOW))

    def test_any_value_needs_a_value(self):
        root = right_tree()
        root.tags = {"kafka.topic": "t", "error": ANY}
        self.assertEqual([], self.complaints(lambda spans: spans[0]["tags"].update(error="refused"), root))
        self.assertNotEqual([], self.complaints(None, root))
        self.assertNotEqual([], self.complaints(lambda spans: spans[0]["tags"].update(error=""), root))


if __name__ == "__main__":
    unittest.main()
