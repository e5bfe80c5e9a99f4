# SPDX-License-Identifier: Apache-2.0
"""edgespan's extract() beside the propagators of OpenTelemetry for Python and Java, on made-up header sets: the same
answer, or one that differs for a reason that peer_views.py names. INTEROP_SETS says how many sets; INTEROP_SEED makes
others."""

import collections
import os
import subprocess
import sys
import unittest

from header_sets import Maker, as_line
from peer_views import BOTH, NAME, RAISES, SPACES, JavaView, PythonView
from servers import JVM

HERE = os.path.dirname(os.path.abspath(__file__))
SETS = int(os.environ.get("INTEROP_SETS", "10000"))
SEED = int(os.environ.get("INTEROP_SEED", "1"))


def answers(argv, sets, env=None):
    """One answer for each set."""
    lines = "".join(as_line(headers) + "\n" for headers in sets)
    done = subprocess.run(argv, input=lines, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                          timeout=600, env=env)
    if done.returncode != 0:
        raise AssertionError("%s: exit %d: %s" % (argv[0], done.returncode, done.stderr[-3000:]))
    return done.stdout.splitlines()


def comparable(answer):
    """With the members of tracestate in one order and without what may stand around them: the SDKs write anew what
    edgespan passes on as it came."""
    ids, found, state = answer.partition("=")
    members = [member.strip(" \t") for member in bytes.fromhex(state).decode("utf-8", "replace").split(",")]
    return ids + found + ",".join(sorted(member for member in members if member))


class Differential(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        maker = Maker(SEED)
        cls.sets = [maker.one() for _ in range(SETS)]
        cls.program = os.path.join(os.path.dirname(os.path.abspath(os.environ["EDGESPAN"])), "edgespan_extract_headers")
        cls.edgespans = answers([cls.program], cls.sets)

    def judge(self, peers, view_of, expected):
        """`expected`: reasons that must have come up, or the sets are too tame to show anything."""
        self.assertEqual(len(peers), len(self.sets))
        views = [view_of(headers) for headers in self.sets]
        of_views = answers([self.program], [view.headers for view in views])
        reasons, unlisted, same = collections.Counter(), [], 0
        for headers, ours, peer, view, of_view in zip(self.sets, self.edgespans, peers, views, of_views):
            wanted = comparable(view.answer_of(of_view))
            alike = comparable(ours) == comparable(peer)
            if wanted != comparable(peer) or not (alike or view.reasons):
                unlisted.append("%r\n  edgespan: %s\n  the peer: %s\n  expected of the peer, by %s: %s" % (
                    headers, ours, peer, sorted(view.reasons), wanted))
            elif alike:
                same += 1
            else:
                reasons.update(view.reasons)
        print("seed %d" % SEED)
        for reason, count in sorted(reasons.items(), key=lambda found: -found[1]):
            print("  %6d of %d: %s" % (count, len(peers), reason))
        print("  %6d of %d: the same" % (same, len(peers)))
        if unlisted:
            self.fail("seed %d: %d differences without a reason; the first:\n%s" % (
                SEED, len(unlisted), "\n".join(unlisted[:5])))
        self.assertGreater(same, len(peers) // 3)
        self.assertLessEqual(set(expected), set(reasons))
        some = [answer for answer in peers if answer not in ("none", "raises")]
        self.assertGreater(len(some), len(peers) // 3)

    def test_python(self):
        environment = {**os.environ, "PYTHONPATH": os.path.join(os.environ["INTEROP_DIR"], "python")}
        program = os.path.join(HERE, "python", "extract_headers.py")
        self.judge(answers([sys.executable, "-B", program], self.sets, environment), PythonView,
                   (BOTH, NAME, RAISES, SPACES))

    def test_java(self):
        artefacts = os.environ["INTEROP_DIR"]
        path = os.path.join(artefacts, "lib", "*") + ":" + os.path.join(artefacts, "target", "classes")
        self.judge(answers(JVM + ["-cp", path, "edgespan.interop.ExtractHeaders"], self.sets), JavaView, (BOTH, NAME))
