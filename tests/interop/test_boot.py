# SPDX-License-Identifier: Apache-2.0
"""A gateway that boots in 1970: what it recorded before its clock was set is found where it happened."""

import os
import subprocess

from case import SPANS_S, InteropCase
from servers import wait_until

SLACK_US = 1000


class Boot(InteropCase):
    def test_the_default_search_finds_each_span_within_a_millisecond_of_the_truth(self):
        service = self.unique("gateway")
        program = os.path.join(os.path.dirname(os.path.abspath(self.edgespan.binary)), "edgespan_boot_1970")
        done = subprocess.run([program, self.world.zipkin.url, service], timeout=60, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        truth = {name: (int(earliest), int(latest))
                 for name, earliest, latest in (line.split() for line in done.stdout.splitlines())}
        self.assertEqual(["early-1", "early-2", "early-3", "early-4", "late"], sorted(truth))
        self.spans_expected += len(truth)

        def found():
            # As the page of Zipkin searches: no time is given, so it is the last day that counts.
            traces = self.api.get("/api/v2/traces?serviceName=" + service)
            return traces if len(traces) == len(truth) else None

        spans = {span["name"]: span for trace in wait_until(found, SPANS_S, "the spans") for span in trace}
        for name, (earliest, latest) in truth.items():
            start = spans[name]["timestamp"]
            self.assertTrue(earliest - SLACK_US <= start <= latest + SLACK_US,
                            "%s: %d is not in %d...%d" % (name, start, earliest, latest))
            self.assertGreaterEqual(spans[name]["duration"], 20_000)
