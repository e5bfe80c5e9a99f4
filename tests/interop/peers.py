# SPDX-License-Identifier: Apache-2.0
"""The two programs under test behind one interface: what is said to them, what they print, what they tag."""

import os
import subprocess

COMMAND_S = 60


class Line:
    """`word name=value name=value...`; whatever stands behind `key=` is a header."""

    def __init__(self, text):
        self.text = text
        self.word, _, rest = text.partition(" ")
        pairs = [tuple(field.split("=", 1)) for field in rest.split(" ") if "=" in field]
        names = [name for name, _ in pairs]
        at = names.index("key") + 1 if "key" in names else len(names)
        self.fields = dict(pairs[:at])
        self.headers = pairs[at:]

    def header(self, name):
        """The last header of that name, as Kafka clients read it; None without one."""
        return dict(self.headers).get(name)


class Context:
    """The trace context in a record's headers, whichever B3 format they have, `b3` before the others."""

    def __init__(self, headers):
        values = dict(headers)
        single = values["b3"].split("-") if "b3" in values else []
        single += [None] * (4 - len(single))
        decision = "d" if values.get("X-B3-Flags") == "1" else values.get("X-B3-Sampled")
        self.trace = single[0] or values.get("X-B3-TraceId")
        self.span = single[1] or values.get("X-B3-SpanId")
        self.decision = single[2] or decision
        self.parent = single[3] or values.get("X-B3-ParentSpanId")


def expected_headers(b3, context):
    """The header list of exactly this format for a context: keys, and what stands in them."""
    single = "%s-%s-%s" % (context.trace, context.span, context.decision)
    multi = {"X-B3-TraceId": context.trace, "X-B3-SpanId": context.span}
    if context.parent:
        multi["X-B3-ParentSpanId"] = context.parent
    if context.decision == "d":
        multi["X-B3-Flags"] = "1"
    else:
        multi["X-B3-Sampled"] = context.decision
    if b3 == "single" and context.parent:
        single += "-" + context.parent
    if b3 == "multi":
        return multi
    return {"b3": single, **multi} if b3 == "both" else {"b3": single}


class Result:
    """How one command ended: exit code, parsed lines, and everything that a failed assertion should show."""

    def __init__(self, command, exit_code, lines, stderr):
        self.command = command
        self.exit_code = exit_code
        self.lines = [Line(text) for text in lines]
        self.stderr = stderr

    def __str__(self):
        shown = "\n".join(line.text for line in self.lines)
        return "%s\nexit %s\n%s\n%s" % (" ".join(self.command), self.exit_code, shown, self.stderr[-3000:])


def command(server, argv):
    """Has a CommandServer run one command."""
    logged = len(server.log_text())
    exit_code, lines = server.command(argv, COMMAND_S)
    return Result([server.name] + argv, exit_code, lines, server.log_text()[logged:])


class Peer:
    """What both programs have in common. A subclass says how a command runs."""

    def __init__(self, kafka, zipkin):
        self.brokers = kafka.brokers
        self.zipkin = zipkin.url + "/api/v2/spans"

    def run(self, argv, stdin=None):
        raise NotImplementedError

    def produce(self, topic, service, count=1, key="k", headers=(), options=(), properties=(), brokers=None):
        argv = ["produce", "-b", brokers or self.brokers, "-t", topic, "-n", str(count), "-k", key]
        argv += ["--service", service, "--zipkin", self.zipkin]
        return self.run(argv + prefixed("-H", headers) + prefixed("-X", properties) + list(options))

    def consume(self, topic, service, group, count=1, process=None, options=()):
        argv = ["consume", "-b", self.brokers, "-t", topic, "-g", group, "-n", str(count), "--timeout", "30"]
        argv += ["--service", service, "--zipkin", self.zipkin] + self.from_the_start
        return self.run(argv + (["--process", process] if process else []) + list(options))


def prefixed(option, values):
    return [text for value in values for text in (option, value)]


class Brave(Peer):
    name = "brave"
    from_the_start = []  # JavaPeer always reads a new group's topics from their beginning

    def __init__(self, jvm, kafka, zipkin):
        super().__init__(kafka, zipkin)
        self.jvm = jvm

    def run(self, argv, stdin=None):
        return command(self.jvm, argv)

    def process_tags(self, topic, key):
        """Brave tags a processor span only when its record has no context; after a poll it has one."""
        return {}

    def create_topic(self, topics, properties=()):
        return self.run(["create-topics", "-b", self.brokers, "-t", topics] + prefixed("-X", properties))

    def plain_produce(self, topics, count, headers=()):
        return self.run(["plain-produce", "-b", self.brokers, "-t", topics, "-n", str(count), "-k", "k"] +
                        prefixed("-H", headers))

    def plain_consume(self, topics, count):
        """What is on the wire, read by a client that knows nothing of tracing."""
        return self.run(["plain-consume", "-b", self.brokers, "-t", topics, "-g", topics + "-wire",
                         "-n", str(count)])


class Edgespan(Peer):
    name = "edgespan"
    from_the_start = ["-X", "auto.offset.reset=earliest"]

    def __init__(self, binary, kafka, zipkin, settings=None):
        super().__init__(kafka, zipkin)
        self.binary = binary
        self.variables = {"EDGESPAN_" + name.upper(): value for name, value in (settings or {}).items()}

    def run(self, argv, stdin=None):
        if not self.binary:
            raise AssertionError("the environment variable EDGESPAN does not name the edgespan tool")
        command = [self.binary] + argv
        feed = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
                              errors="replace", timeout=COMMAND_S, env={**os.environ, **self.variables}, **feed)
        return Result(command, done.returncode, done.stdout.splitlines(), done.stderr)

    def process_tags(self, topic, key):
        return {"kafka.key": key, "kafka.topic": topic}

    def produce_values(self, topic, service, values, key="k"):
        """Records with these values, which the tool reads from stdin."""
        argv = ["produce", "-b", self.brokers, "-t", topic, "-k", key]
        argv += ["--service", service, "--zipkin", self.zipkin]
        return self.run(argv, stdin="".join(value + "\n" for value in values))
