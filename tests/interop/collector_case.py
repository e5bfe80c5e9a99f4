# SPDX-License-Identifier: Apache-2.0
"""The base of cases whose spans go to the Collector, by either of its receivers."""

import os
import subprocess
import time

from case import InteropCase
from collector import as_zipkin
from peers import Edgespan, prefixed
from servers import wait_until
from trees import faults

ARRIVE_S = 60  # an uplink that was away is tried again after a while


class CollectorCase(InteropCase):
    def setUp(self):
        super().setUp()
        self.collector = self.world.collector
        self.mark = self.collector.mark()
        self.arrivals_expected = 0

    def tearDown(self):
        super().tearDown()
        self.assertEqual(len(self.collector.arrived(self.mark)), self.arrivals_expected,
                         "spans that arrived in the Collector, and spans expected")

    def edgespan_to(self, receiver, **settings):
        """The tool, reporting to one of Collector.RECEIVERS, with such settings as `semantics`."""
        peer = Edgespan(self.edgespan.binary, self.world.kafka, self.world.zipkin, settings)
        peer.zipkin = self.collector.url(receiver)
        return peer

    def assert_arrived(self, trace_id, *roots):
        """Waits until as many spans of the trace have arrived as expected, and compares them."""
        count = sum(1 for root in roots for _ in root.walk())
        self.arrivals_expected += count

        try:
            wait_until(lambda: len(self.spans_of(trace_id)) >= count, ARRIVE_S, "spans")
        except TimeoutError:
            pass  # the comparison says which are missing
        found = faults([as_zipkin(*span) for span in self.spans_of(trace_id)], roots, self.earliest_us,
                       time.time_ns() // 1000)
        if found:
            self.fail("trace %s is not as expected:\n%s" % (trace_id, "\n".join(found)))

    def spans_of(self, trace_id):
        """What has arrived of a trace: a list of (resource, scope, span)."""
        return [found for found in self.collector.arrived(self.mark) if found[2]["traceId"] == trace_id]

    def same_run(self, receiver, number=1, semantics="brave"):
        """What arrives of edgespan_same_run: a list of (resource, scope, span)."""
        program = os.path.join(os.path.dirname(os.path.abspath(self.edgespan.binary)), "edgespan_same_run")
        mark = self.collector.mark()
        arguments = [self.collector.url(receiver), "gateway", str(number), semantics]
        done = subprocess.run([program] + arguments, timeout=60, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        found = self.collector.arrived(mark)
        self.assertEqual(len(found), int(done.stdout))
        self.arrivals_expected += len(found)
        return found


class LongRun:
    """`edgespan produce` that sends a record for each line, for as long as it is told."""

    def __init__(self, peer, topic, service, options=(), properties=()):
        argv = [peer.binary, "produce", "-b", peer.brokers, "-t", topic, "-k", "k", "--service", service]
        argv += ["--zipkin", peer.zipkin] + list(options) + prefixed("-X", properties)
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Ends it by its own process id, also when the case fails."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def send(self, count):
        self.process.stdin.write("value\n" * count)
        self.process.stdin.flush()

    def end(self):
        """No more records: returns its exit code, and what it said on stderr."""
        _, stderr = self.process.communicate(timeout=ARRIVE_S)
        return self.process.returncode, stderr
