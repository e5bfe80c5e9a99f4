# SPDX-License-Identifier: Apache-2.0
"""Made-up trace headers, as they may stand on a record: right ones, nearly right ones, and what no one writes. The same
for the same seed."""

import random

HEX = "0123456789abcdef"
NAMES = {"parent": ("traceparent", "Traceparent", "TRACEPARENT"),
         "state": ("tracestate", "TraceState"),
         "b3": ("b3", "B3"),
         "trace": ("X-B3-TraceId", "x-b3-traceid", "X-B3-TRACEID"),
         "span": ("X-B3-SpanId", "x-b3-spanid", "x-B3-SpanId"),
         "parent_span": ("X-B3-ParentSpanId", "x-b3-parentspanid"),
         "sampled": ("X-B3-Sampled", "x-b3-sampled", "X-B3-SAMPLED"),
         "flags": ("X-B3-Flags", "x-b3-flags")}
OTHERS = (("app", b"7"), ("b", b"3"), ("baggage", b"key=value"), ("x-b3", b"1"), ("tracestat", b"a=b"))
INSERTED = " \t\n-_,=:;gGAf0\0\x7f\u00e9\u0661"


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        # Few ids, so that headers of one set often speak of one trace.
        self.traces = [self.digits(32) for _ in range(4)] + ["0" * 16 + self.digits(16), self.digits(16) + "0" * 16]
        self.spans = [self.digits(16) for _ in range(4)]

    def digits(self, count):
        return "".join(self.random.choice(HEX) for _ in range(count))

    def pick(self, *weighted):
        """Of (weight, value) pairs."""
        weights, values = zip(*weighted)
        return self.random.choices(values, weights)[0]

    def trace(self):
        return self.pick((20, self.random.choice(self.traces)), (6, self.random.choice(self.traces)[16:]),
                         (1, "0" * 32), (1, "0" * 16), (1, self.digits(self.random.choice((8, 15, 31, 33)))))

    def span(self):
        return self.pick((20, self.random.choice(self.spans)), (1, "0" * 16), (1, self.digits(15)))

    def spoiled(self, text):
        """Mostly as it is; else with one change."""
        how = self.random.randrange(24)
        at = self.random.randrange(len(text) + 1)
        if how == 0:
            return text[:at] + self.random.choice(INSERTED) + text[at:]
        if how == 1:
            return text[:at] + text[at + 1:]
        if how == 2:
            return text[:at] + self.random.choice(INSERTED) + text[at + 1:]
        if how == 3:
            return text.upper()
        if how == 4:
            return self.random.choice((" ", "\t", "", "  ")) + text + self.random.choice((" ", "\n", "\t ", " \n"))
        if how == 5:
            return text[:at]
        return text

    def traceparent(self):
        version = self.pick((20, "00"), (2, "01"), (1, "fe"), (1, "ff"), (1, "0"), (1, "0g"))
        trace = self.trace()
        if len(trace) == 16 and self.random.random() < 0.9:
            trace = "0" * 16 + trace
        flags = self.pick((8, "01"), (4, "00"), (4, "03"), (2, "02"), (1, "ff"), (1, "04"), (1, "08"), (1, "1"),
                          (1, ""), (1, "0g"), (1, "0A"), (1, "1:"))
        more = self.pick((20, ""), (1, "-"), (1, "-more"), (1, "more"))
        return self.spoiled("%s-%s-%s-%s%s" % (version, trace, self.span(), flags, more))

    def member(self):
        key = self.pick((10, "k%d" % self.random.randrange(60)), (1, "t@v"), (1, "t@_v"), (1, "t@" + "v" * 14),
                        (1, "t@" + "v" * 15), (1, "t@"), (1, "t" * 242 + "@v"), (1, "1a@bc"), (1, "1a"), (1, "Key"),
                        (1, ""), (1, "k" * 256), (1, "k" * 257), (1, "a-b_c*d/e"))
        value = self.pick((10, "v%d" % self.random.randrange(9)), (1, ""), (1, "a b"), (1, "a=b"), (1, "v" * 256),
                          (1, "v" * 257), (1, "\u00e9"))
        return "%s=%s" % (key, value)

    def tracestate(self):
        if self.random.random() < 0.6:  # right, and of any number of members
            count = self.pick((8, 1), (4, 3), (2, 31), (2, 32), (2, 33))
            members = ["k%d=v%d" % (i, self.random.randrange(9)) for i in range(count)]
            if self.random.random() < 0.2:
                members = ["k%d=%s" % (i, "v" * 256) for i in range(min(count, 32))]
        else:
            members = [self.member() for _ in range(self.random.randrange(1, 4))]
        separator = self.pick((8, ","), (1, ", "), (1, " ,"), (1, ",,"), (1, "\t,"))
        return self.spoiled(separator.join(members))

    def b3(self):
        if self.random.random() < 0.12:
            return self.spoiled(self.pick((2, "0"), (2, "1"), (2, "d"), (1, "true"), (1, "")))
        text = "%s-%s" % (self.trace(), self.span())
        decision = self.pick((8, "1"), (5, "0"), (3, "d"), (3, None), (1, "true"), (1, "True"), (1, "x"), (1, ""))
        if decision is not None:
            text += "-" + decision
        if self.random.random() < 0.2:
            text += "-" + self.span()
        return self.spoiled(text)

    def header(self, kind, value):
        name = self.random.choice(NAMES[kind]) if self.random.random() < 0.15 else self.style(kind)
        if self.random.random() < 0.02:
            return name, None
        encoded = value.encode("utf-8")
        if self.random.random() < 0.01:
            encoded += b"\xff"
        return name, encoded

    def style(self, kind):
        """Mostly the names of X-B3-* are all as Java, or all as Python writes them."""
        return NAMES[kind][1 if self.lower and kind not in ("parent", "state", "b3") else 0]

    def multi(self):
        wanted = [("trace", self.spoiled(self.trace())), ("span", self.spoiled(self.span()))]
        if self.random.random() < 0.7:
            wanted.append(("sampled", self.pick((8, "1"), (4, "0"), (1, "true"), (1, "false"), (1, "True"), (1, "d"),
                                                (1, "x"), (1, ""))))
        if self.random.random() < 0.2:
            wanted.append(("flags", self.pick((4, "1"), (2, "0"), (1, "x"))))
        if self.random.random() < 0.2:
            wanted.append(("parent_span", self.spoiled(self.span())))
        if self.random.random() < 0.1:
            wanted.pop(self.random.randrange(len(wanted)))
        return [self.header(kind, value) for kind, value in wanted]

    def one(self):
        """One header set: a list of (name, value), a value is bytes or None."""
        self.lower = self.random.random() < 0.5
        groups = []
        for chance, make in ((0.6, lambda: [self.header("parent", self.traceparent())]),
                             (0.3, lambda: [self.header("state", self.tracestate())]),
                             (0.45, lambda: [self.header("b3", self.b3())]),
                             (0.2, self.multi)):
            if self.random.random() < chance:
                groups.append(make())
                if self.random.random() < 0.06:
                    groups.append(make())
        if self.random.random() < 0.2:
            groups.append([self.random.choice(OTHERS)])
        self.random.shuffle(groups)
        return [header for group in groups for header in group]


def as_line(headers):
    """A set as the programs of the differential test read it."""
    return "\t".join(name if value is None else "%s=%s" % (name, value.hex()) for name, value in headers)
