# SPDX-License-Identifier: Apache-2.0
"""Each line of the README's table `What joins with what` has cases that run it (no server needed)."""

import os
import unittest

import test_hops
import test_otel

PEERS = (test_otel.WithJava, test_otel.WithKafkaPython, test_otel.WithConfluent)
BY_DEFAULT = ("peer_joins_by_w3c_alone", "peer_with_its_default_propagators_needs_w3c",
              "peer_gets_level_2_flags_and_32_members_of_tracestate", "edgespan_joins_by_w3c_alone")
MULTI = ("peer_joins_by_b3_multi_if_it_reads_mixed_case", "edgespan_joins_by_b3_multi_in_the_peers_spelling")
HOPS = ("b3_single_without_parent_128_bit", "b3_multi_128_bit", "b3_single_without_parent_64_bit", "b3_multi_64_bit")
# By the first cell of a line: the classes, and their cases.
CASES = {
    "Brave (Java), with trace ids of 128 or of 64 bits": (
        (test_hops.EdgespanToBrave, test_hops.BraveToEdgespan), HOPS),
    "OpenTelemetry for Java, as it comes": ((test_otel.WithJava,), BY_DEFAULT),
    "OpenTelemetry for Python, with kafka-python, as it comes": ((test_otel.WithKafkaPython,), BY_DEFAULT),
    "OpenTelemetry for Python, with confluent-kafka, as it comes": ((test_otel.WithConfluent,), BY_DEFAULT),
    "any of OpenTelemetry's three with its b3 propagator": (PEERS, (
        "peer_joins_by_b3_alone", "edgespan_joins_by_b3_alone")),
    "OpenTelemetry for Java, `X-B3-*`": ((test_otel.WithJava,), MULTI),
    "OpenTelemetry for Python, `X-B3-*`": ((test_otel.WithKafkaPython, test_otel.WithConfluent), MULTI),
    "any of OpenTelemetry's three, behind a program without tracing": (PEERS, (
        "peer_joins_through_an_untraced_hop", "edgespan_joins_through_an_untraced_hop")),
}


class Readme(unittest.TestCase):
    def rows(self):
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")
        with open(path, encoding="utf-8") as file:
            table = file.read().partition("What joins with what.")[2].partition("\n\n|")[2].partition("\n\n")[0]
        return [line.split("|")[1].strip() for line in table.splitlines()[2:]]

    def test_each_line_is_run(self):
        self.assertEqual(self.rows(), list(CASES))
        for classes, cases in CASES.values():
            for of_class in classes:
                for case in cases:
                    self.assertTrue(callable(getattr(of_class, "test_" + case, None)), (of_class, case))
