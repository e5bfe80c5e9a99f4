# SPDX-License-Identifier: Apache-2.0
"""Runs the suite: `suite.py [unittest's own arguments]`. `run` prepares what it needs; see README.md."""

import os
import signal
import sys
import unittest

from case import InteropCase


def main():
    # A terminated suite (a time limit, say) unwinds as an interrupted one and so stops its servers. Any other
    # exception than an interrupt, SystemExit too, is to unittest no more than a failed case.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    here = os.path.dirname(os.path.abspath(__file__))
    passed = False
    try:
        argv = ["suite.py", "discover", "-s", here] + sys.argv[1:]
        program = unittest.main(module=None, argv=argv, exit=False)
        passed = program.result.wasSuccessful() and program.result.testsRun > 0
    except KeyboardInterrupt:
        print("interop: interrupted", file=sys.stderr)
    finally:
        if InteropCase.world is not None:
            InteropCase.world.stop(keep_logs=not passed)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
