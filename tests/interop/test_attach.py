# SPDX-License-Identifier: Apache-2.0
"""Programs that nobody compiled for edgespan, traced by the plugin beside the tool: kcat, and Python by preload."""

import json
import os
import shutil
import subprocess
import unittest

from case import InteropCase, poll, process, send
from peers import Context

ATTACH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "attach")
PYTHON = "/usr/bin/python3"  # the system's, for which Debian has confluent_kafka
PLUGIN = os.path.join(os.path.dirname(os.path.abspath(os.environ.get("EDGESPAN", ""))), "libedgespan-rdkafka.so")


@unittest.skipUnless(os.path.isfile(PLUGIN), "the plugin is not beside the tool")
class Attached(InteropCase):
    def run_program(self, service, *command, **more):
        env = {name: value for name, value in os.environ.items() if not name.startswith(("EDGESPAN", "OTEL_"))}
        env.update(EDGESPAN_CONFIG=os.path.join(ATTACH, "empty.ini"), EDGESPAN_URL=self.world.zipkin.url,
                   EDGESPAN_SAMPLE="always", EDGESPAN_SERVICE_NAME=service, **more.pop("env", {}))
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False, **more)
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

    def test_python_sends_and_takes(self):
        if subprocess.run([PYTHON, "-c", "import confluent_kafka"], capture_output=True, check=False).returncode:
            self.skipTest("there is no python3-confluent-kafka")
        topic, service = self.topic(), self.unique("python")
        conf = json.dumps({"bootstrap.servers": self.world.kafka.brokers})
        for case in ("poll", "consume"):
            self.run_program(service, PYTHON, os.path.join(ATTACH, "program.py"), case, topic, conf,
                             env={"LD_PRELOAD": PLUGIN})
        for number, line in enumerate(self.wire(topic, 6)):
            context = self.assert_written(line)
            self.assert_trace(context.trace, send(service, topic, "key%d" % (number % 3), poll(service, topic)))
