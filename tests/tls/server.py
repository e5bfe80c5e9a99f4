#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""server.py FOLDER: a collector that speaks HTTPS on 127.0.0.1, with chain.pem and key.pem of FOLDER.

Says the port on its first line; then one line a request: protocol, cipher, `resumed` or `full`, the client's name or
`-`, the bytes of the body. With client_roots.pem in FOLDER a client has to show a certificate. Ends when its standard
input does.
"""

import http.server
import os
import ssl
import sys
import threading


class Collector(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 30

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        peer = self.connection
        names = dict(pair[0] for pair in (peer.getpeercert() or {}).get('subject', ()))
        print(peer.version(), peer.cipher()[0], 'resumed' if peer.session_reused else 'full',
              names.get('commonName', '-'), len(body), flush=True)
        self.send_response(202)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that does not believe us is what some tests are about."""


def main(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, 'chain.pem'), os.path.join(folder, 'key.pem'))
    context.set_alpn_protocols(['http/1.1'])
    roots = os.path.join(folder, 'client_roots.pem')
    if os.path.exists(roots):
        context.load_verify_locations(roots)
        context.verify_mode = ssl.CERT_REQUIRED
    server = Server(('127.0.0.1', 0), Collector)
    # The handshake belongs to the thread of its connection, or one slow client would hold up all.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
