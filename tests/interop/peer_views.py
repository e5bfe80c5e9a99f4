# SPDX-License-Identifier: Apache-2.0
"""How the propagators of OpenTelemetry read a header set otherwise than edgespan does, each difference with its reason.

A view rewrites a set: what the peer does not see is taken out, and what it reads more loosely is written in order. Of
the rewritten set edgespan must say exactly what the peer says of the first one; so a reason explains what it names, and
nothing else."""

import re

TRACE_NAMES = {"traceparent", "tracestate", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled",
               "x-b3-flags"}
RIGHT_B3 = re.compile(r"([0-9a-f]{16}|[0-9a-f]{32})-[0-9a-f]{16}(-[01d](-[0-9a-f]{16})?)?")
RIGHT_ID = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}")
SHORT_TRACE = re.compile(r"[0-9a-f]{1,32}")
SHORT_SPAN = re.compile(r"[0-9a-f]{1,16}")
RIGHT_SPAN = re.compile(r"[0-9a-f]{16}")

NAME = "names count only as the peer spells them"
DOUBLE = "of two headers of a name the peer reads another one, or does not mind the second"
NULL = "a header without a value is none to the peer, and an empty one to extract()"
LOOSE_B3 = "the peer takes a b3 that is not as Brave reads it"
LOOSE_MULTI = "the peer takes X-B3-* that are not as Brave reads them, or have no decision"
SHORT = "ids of X-B3-* without their leading zeros are none to the peer"
BARE = "a decision without ids says nothing to the peer"
HIDES = "a b3 that says nothing hides X-B3-* from the peer"
BOTH = "of both formats the peer's composite takes b3, whatever stands last"
UNDECIDED = "the peer decides what comes undecided"
SPACES = "the peer trims traceparent"
LOOSE_KEY = "the peer takes a key of tracestate with no letter behind its '@'"
LONG_STATE = "the peer bounds tracestate"
RAISES = "bytes that are not UTF-8 raise an exception in the peer"


class Raises(Exception):
    pass


class View:
    """Of one set. A subclass says how the peer reads; `headers` is the rewritten set, `reasons` what was rewritten."""

    def __init__(self, headers):
        self.headers = list(headers)
        self.reasons = set()
        self.undecided = False
        self.see()

    def see(self):
        self.keep(NAME, lambda at: self.headers[at][0] in self.names or self.headers[at][0].lower() not in TRACE_NAMES)
        last = {}
        for at, (name, value) in enumerate(self.headers):
            if name in self.names:
                last[name] = self.chosen(last.get(name), at, value)
        self.keep(DOUBLE, lambda at: last.get(self.headers[at][0], at) in (at, None))
        self.keep(NULL, lambda at: self.headers[at][0] not in self.names or self.headers[at][1] is not None)
        self.see_b3()
        if not self.found_b3:
            self.see_traceparent()

    def keep(self, reason, wanted):
        kept = [header for at, header in enumerate(self.headers) if wanted(at)]
        if len(kept) != len(self.headers) and reason is not None:
            self.reasons.add(reason)
        self.headers = kept

    def drop(self, reason, *names):
        self.keep(reason, lambda at: self.headers[at][0] not in names)

    def replace(self, reason, name, value):
        if dict(self.headers)[name] != value:
            self.reasons.add(reason)
        self.headers = [(name, value) if header[0] == name else header for header in self.headers]

    def text(self, name):
        value = dict(self.headers).get(name)
        return None if value is None else self.decode(value)

    def see_b3(self):
        self.found_b3 = True
        single = self.text("b3")
        if single:
            found = self.read_single(single)
            if found is not None:
                self.drop(HIDES, *self.multi_names)
                if not RIGHT_B3.fullmatch(single):
                    self.replace(LOOSE_B3, "b3", ("%s-%s-%s" % found).encode())
                elif single.count("-") == 1:
                    self.undecided = True
                self.drop(BOTH, "traceparent", "tracestate")
                return
            if self.single_is_final:
                self.drop(HIDES, *self.multi_names)
            self.drop(BARE if single in ("0", "1", "d") else None, "b3")
        if self.read_multi():
            self.drop(BOTH, "traceparent", "tracestate")
            return
        self.drop(self.why_no_multi(), *self.multi_names)
        self.found_b3 = False

    def why_no_multi(self):
        """Of X-B3-* in which the peer finds nothing, what edgespan may find in them."""
        trace, span, _, *decisions = (self.text(name) or "" for name in self.multi_names)
        if SHORT_TRACE.fullmatch(trace) and SHORT_SPAN.fullmatch(span):
            return SHORT
        return BARE if any(decisions) else None

    def read_multi(self):
        """Whether the peer finds a context in X-B3-*; then they are in order."""
        trace_name, span_name, parent_name, sampled_name, flags_name = self.multi_names
        trace, span = self.text(trace_name), self.text(span_name)
        sampled, flags = self.text(sampled_name), self.text(flags_name)
        found = self.read_ids(trace or "", span or "")
        if found is None:
            return False
        parent = self.text(parent_name)
        right = RIGHT_ID.fullmatch(trace) and all(RIGHT_SPAN.fullmatch(id) for id in (span, parent or span))
        if right and flags is None and sampled in ("0", "1"):
            return True
        if right and flags == "1" and sampled in (None, "1"):
            return True
        decision = "1" if flags == "1" or self.says_yes(sampled or "") else "0"
        self.reasons.add(LOOSE_MULTI)
        self.headers = [header for header in self.headers if header[0] not in self.multi_names]
        self.headers.append(("b3", ("%s-%s-%s" % (*found, decision)).encode()))
        return True

    def see_traceparent(self):
        pass

    def answer_of(self, edgespans):
        """What the peer must answer where edgespan answers this of the rewritten set."""
        if self.undecided and " ? " in edgespans:
            self.reasons.add(UNDECIDED)
            return edgespans.replace(" ? ", " %s " % self.if_undecided)
        return edgespans


class PythonView(View):
    names = {"traceparent", "tracestate", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags"}
    multi_names = ("x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags")
    single_is_final = True
    if_undecided = "1"
    trace_id = re.compile(r"[\da-fA-F]{16}|[\da-fA-F]{32}")
    span_id = re.compile(r"[\da-fA-F]{16}")
    traceparent = re.compile("^[ \t]*([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?[ \t]*$")

    def see(self):
        try:
            super().see()
            self.raises = False
        except Raises:
            self.raises = True
            self.reasons = {RAISES}
            self.headers = []

    @staticmethod
    def chosen(before, at, value):
        """The first that has a value."""
        return at if before is None and value is not None else before

    @staticmethod
    def decode(value):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            raise Raises from None

    @staticmethod
    def says_yes(sampled):
        return sampled in ("1", "True", "true", "d")

    def see_b3(self):
        self.see_traceparent()  # is read first, and may raise
        super().see_b3()

    def read_single(self, single):
        fields = single.split("-", 4)
        if len(fields) not in (2, 3, 4):
            return None
        found = self.read_ids(fields[0], fields[1])
        if found is None:
            return None
        return (*found, "1" if len(fields) == 2 or self.says_yes(fields[2]) else "0")

    def read_ids(self, trace, span):
        if not self.trace_id.fullmatch(trace) or not self.span_id.fullmatch(span):
            return None
        return "%0*x" % (len(trace), int(trace, 16)), "%016x" % int(span, 16)

    def see_traceparent(self):
        parent = self.text("traceparent")
        if parent is None:
            return
        match = self.traceparent.search(parent)
        if not match:
            return
        trimmed = parent[:-1] if parent.endswith("\n") else parent
        self.replace(SPACES, "traceparent", trimmed.strip(" \t").encode())
        if match.group(2) == "0" * 32 or match.group(3) == "0" * 16 or match.group(1) == "ff":
            return
        if match.group(1) == "00" and match.group(5):
            return
        state = self.text("tracestate")
        if state is not None and len(state) > 8192:
            self.drop(LONG_STATE, "tracestate")

    def answer_of(self, edgespans):
        return "raises" if self.raises else super().answer_of(edgespans)


class JavaView(View):
    names = {"traceparent", "tracestate", "b3", "X-B3-TraceId", "X-B3-SpanId", "X-B3-Sampled", "X-B3-Flags"}
    multi_names = ("X-B3-TraceId", "X-B3-SpanId", "X-B3-ParentSpanId", "X-B3-Sampled", "X-B3-Flags")
    single_is_final = False
    if_undecided = "0"
    loose_key = re.compile(r"@[0-9_*/-](?=[^,=]*=)")

    @staticmethod
    def chosen(_before, at, _value):
        """The last, even if it has no value."""
        return at

    @staticmethod
    def decode(value):
        return value.decode("utf-8", "replace")

    @staticmethod
    def says_yes(sampled):
        return sampled == "1" or sampled.lower() == "true"

    def read_single(self, single):
        fields = single.split("-", 4)
        if len(fields) not in (2, 3, 4):
            return None
        found = self.read_ids(fields[0], fields[1])
        if found is None:
            return None
        return (*found, "1" if len(fields) > 2 and (fields[2] == "d" or self.says_yes(fields[2])) else "0")

    def see_traceparent(self):
        """A loose key is written in order here, and as it was in the answer."""
        before = self.text("tracestate") or ""
        self.before, self.after = before, self.loose_key.sub("@a", before)
        if self.after != before:
            self.replace(LOOSE_KEY, "tracestate", self.after.encode())

    def answer_of(self, edgespans):
        ids, found, state = super().answer_of(edgespans).partition("=")
        if not self.found_b3 and state and state == self.after.encode().hex():
            state = self.before.encode().hex()
        return ids + found + state

    def read_ids(self, trace, span):
        right = RIGHT_ID.fullmatch(trace) and RIGHT_SPAN.fullmatch(span) and int(trace, 16) and int(span, 16)
        return (trace, span) if right else None
