#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: spans.py RESULT GATEWAY...

Runs the command GATEWAY with a collector on loopback and writes into the file RESULT how long the spans of one record
are, encoded: a send, a poll and a process. Fails unless these three, and no other, arrive.
"""

import gzip
import http.server
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from protobuf_fields import fields  # noqa: E402  (read beside the other tests)

KINDS = {None: 'process', 3: 'send', 4: 'poll'}


def main(result, *command):
    bodies = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # the name that the module asks for
            body = self.rfile.read(int(self.headers['Content-Length']))
            bodies.append(gzip.decompress(body) if self.headers['Content-Encoding'] == 'gzip' else body)
            self.send_response(202)
            self.send_header('Content-Length', '0')
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    done = subprocess.run([*command, f'http://127.0.0.1:{server.server_port}'], timeout=100, check=False)
    server.shutdown()
    if done.returncode != 0:
        sys.exit(f'the gateway ended with {done.returncode}')
    spans = {}
    for number, span in fields(b''.join(bodies)):
        kind = dict(fields(span)).get(4)
        # With the list's frame: a tag, and a length of one byte or two.
        spans.setdefault(KINDS.get(kind, 'unknown'), []).append(len(span) + (2 if len(span) < 128 else 3))
        if number != 1:
            sys.exit(f'field {number} in a list of spans')
    with open(result, 'w', encoding='ascii') as file:
        file.writelines(f'{name} {size}\n' for name, sizes in sorted(spans.items()) for size in sizes)
    if sorted((name, len(sizes)) for name, sizes in spans.items()) != [('poll', 1), ('process', 1), ('send', 1)]:
        sys.exit(f'that is not one send, one poll and one process: {spans}')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) > 2 else sys.exit(__doc__)
