# SPDX-License-Identifier: Apache-2.0
"""Programs that nobody compiled for edgespan, traced by the plugin beside the tool: kcat, rsyslog as a daemon, Debian's
Python by preload and PyPI's; and where they were built, programs of Go, Rust, Node, PHP and Ruby."""

import json
import os
import shutil
import subprocess
import sys
import unittest

from case import InteropCase, poll, process, send
from collector_case import CollectorCase
from peers import Context
from trees import Expected

ATTACH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "attach")
PYTHON = "/usr/bin/python3"  # the system's, for which Debian has confluent_kafka
BUILD = os.path.dirname(os.path.abspath(os.environ.get("EDGESPAN", "")))
PLUGIN, WHEELS, PROGRAMS = (os.path.join(BUILD, name) for name in (
    "libedgespan-rdkafka.so", "wheels", "tests/attach/programs"))

sys.path.append(ATTACH)  # behind this folder, which has a case.py of its own
from rsyslog import Rsyslog  # noqa: E402  (found by the line above)


class Attachment:
    """Programs with the plugin. A class that inherits this one names the url() of a collector."""

    def environment(self, service, **more):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("EDGESPAN", "OTEL_"))}
        return {**env, "EDGESPAN_CONFIG": os.path.join(ATTACH, "empty.ini"), "EDGESPAN_URL": self.url(),
                "EDGESPAN_SAMPLE": "always", "EDGESPAN_SERVICE_NAME": service, **more}

    def run_program(self, service, *command, **more):
        done = subprocess.run(command, env=self.environment(service, **more.pop("env", {})), capture_output=True,
                              text=True, timeout=60, check=False, **more)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def kcat(self, service, topic, *arguments, **more):
        if not shutil.which("kcat"):
            self.skipTest("there is no kcat")
        return self.run_program(service, "kcat", "-q", "-b", self.world.kafka.brokers, "-t", topic, "-X",
                                "plugin.library.paths=" + PLUGIN, *arguments, **more)

    def assert_written(self, line):
        """The plugin writes both formats, as nobody knows who reads; the trace is new, and its id is random."""
        ids = Context(line.headers)
        return self.assert_context(line, "single_no_parent", others={
            "traceparent": "00-%s-%s-03" % (ids.trace, ids.span)})

    def test_kcat_to_kcat(self):
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.kcat(gateway, topic, "-P", "-K:", input="one:1\ntwo:2\n")
        taken = self.kcat(cloud, topic, "-C", "-e", "-f", "%k=%s\n")
        self.assertEqual(taken, "one=1\ntwo=2\n")
        for line, key in zip(self.wire(topic, 2), ("one", "two")):
            context = self.assert_written(line)
            self.assert_trace(context.trace, send(gateway, topic, key, poll(cloud, topic)))

    def assert_python(self, **more):
        """Two runs of Debian's Python, on whichever confluent_kafka it finds."""
        env = more.pop("env", {})
        topic, service = self.topic(), self.unique("python")
        conf = json.dumps({"bootstrap.servers": self.world.kafka.brokers, **more})
        for case in ("poll", "consume"):
            self.run_program(service, PYTHON, os.path.join(ATTACH, "program.py"), case, topic, conf, env=env)
        for number, line in enumerate(self.wire(topic, 6)):
            context = self.assert_written(line)
            self.assert_trace(context.trace, send(service, topic, "key%d" % (number % 3), poll(service, topic)))

    def test_python_sends_and_takes(self):
        if subprocess.run([PYTHON, "-c", "import confluent_kafka"], capture_output=True, check=False).returncode:
            self.skipTest("there is no python3-confluent-kafka")
        self.assert_python(env={"LD_PRELOAD": PLUGIN})

    def test_pypis_python_sends_and_takes(self):
        releases = sorted(os.listdir(WHEELS)) if os.path.isdir(WHEELS) else []
        if not releases:
            self.skipTest("tests/attach/wheels.sh has fetched nothing")
        for release in releases:
            with self.subTest(release):
                self.assert_python(env={"PYTHONPATH": os.path.join(WHEELS, release)},
                                   **{"plugin.library.paths": PLUGIN})

    def test_rsyslog_to_kcat(self):
        if not shutil.which("rsyslogd"):
            self.skipTest("there is no rsyslogd")
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        with Rsyslog(self.world.kafka.brokers, topic, 'confParam=["plugin.library.paths=%s"]' % PLUGIN,
                     self.environment(gateway)) as daemon:
            daemon.log("one")
            line, = self.wire(topic)
        self.kcat(cloud, topic, "-C", "-e")
        self.assert_trace(self.assert_written(line).trace, Expected(
            gateway, "PRODUCER", "send", {"kafka.topic": topic}, [poll(cloud, topic)], remote="kafka"))

    def test_programs_that_were_built_for_it(self):
        """Go, Rust, Node, PHP and Ruby, where the nightly tests of tests/attach have built them."""
        commands = {"go": [PROGRAMS + "/go-plain"], "rust": [PROGRAMS + "/rust-plain"],
                    "node": ["node", PROGRAMS + "/node/program.js"],
                    "php": ["php", "-dextension=" + PROGRAMS + "/php/rdkafka.so", ATTACH + "/program.php"],
                    "ruby": ["ruby", "-I" + PROGRAMS + "/ruby/source/lib", ATTACH + "/program.rb"]}
        files = {"go": "go-plain", "rust": "rust-plain", "node": "node/node_modules", "php": "php/rdkafka.so",
                 "ruby": "ruby/source"}
        built = {key: words for key, words in commands.items() if os.path.exists(PROGRAMS + "/" + files[key])}
        if not built:
            self.skipTest("nothing was built")
        for key, words in built.items():
            with self.subTest(key):
                topic, service = self.topic(), self.unique(key)
                self.assertEqual(key + "\n", self.run_program(service, *words, self.world.kafka.brokers, topic,
                                                              "plugin.library.paths=" + PLUGIN))
                line, = self.wire(topic)
                self.assert_trace(self.assert_written(line).trace, send(service, topic, key, poll(service, topic)))


@unittest.skipUnless(os.path.isfile(PLUGIN), "the plugin is not beside the tool")
class ToZipkin(Attachment, InteropCase):
    def url(self):
        return self.world.zipkin.url

    def test_kcat_to_brave(self):
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.kcat(gateway, topic, "-P", "-K:", input="one:1\n")
        self.records(self.brave.consume(topic, cloud, self.unique("group"), count=1, process="store"), 1)
        context = self.assert_written(self.wire(topic)[0])
        self.assert_trace(context.trace, send(gateway, topic, "one", poll(
            cloud, topic, process(self.brave, cloud, "store", topic, "one"))))

    def test_brave_to_kcat(self):
        topic, gateway, cloud = self.topic(), self.unique("gateway"), self.unique("cloud")
        self.delivered(self.brave.produce(topic, gateway, count=1), 1)
        self.kcat(cloud, topic, "-C", "-e")
        context = self.assert_context(self.wire(topic)[0], "single_no_parent")
        self.assert_trace(context.trace, send(gateway, topic, "k0", poll(cloud, topic)))


@unittest.skipUnless(os.path.isfile(PLUGIN), "the plugin is not beside the tool")
class ToTheCollector(Attachment, CollectorCase):
    def url(self):
        return self.collector.url("otlp")

    def assert_trace(self, trace_id, *roots):
        self.assert_arrived(trace_id, *roots)
