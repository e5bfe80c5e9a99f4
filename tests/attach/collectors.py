# SPDX-License-Identifier: Apache-2.0
"""Collectors that the tests start: over TLS, for OTLP, or both. They keep what they are sent."""

import http.server
import os
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
from protobuf_fields import fields  # noqa: E402  (read beside the other tests)


def make_certificate(folder, name):
    """A root that signs itself, for 127.0.0.1: the paths of certificate and key."""
    certificate, key = f'{folder}/{name}.pem', f'{folder}/{name}.key'
    subprocess.run(['openssl', 'req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
                    '-days', '2', '-subj', f'/CN={name}', '-addext', 'subjectAltName=IP:127.0.0.1',
                    '-keyout', key, '-out', certificate], check=True, capture_output=True)
    return certificate, key


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = 30

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.posts.append((self.path, self.headers['Content-Type'], body))
        self.server.heads.append(dict(self.headers))
        if self.path == '/v1/traces':
            self.send_response(200)
            self.send_header('Content-Type', 'application/x-protobuf')
        else:
            self.send_response(202)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass


class Collector(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, certificate=None, key=None, client_roots=None):
        super().__init__(('127.0.0.1', 0), Handler)
        self.posts, self.heads = [], []
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            if client_roots:
                context.load_verify_locations(client_roots)
                context.verify_mode = ssl.CERT_REQUIRED
            # The handshake belongs to the thread of its connection, or one slow client would hold up all.
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A client that rejects the certificate is what some tests are about."""

    def place(self):
        return f'127.0.0.1:{self.server_address[1]}'

    def wait(self, count):
        last = time.monotonic() + 20
        while len(self.posts) < count and time.monotonic() < last:
            time.sleep(0.05)
        return self.posts

    def close(self):
        self.shutdown()
        self.server_close()


def parts(data, *path):
    """What lies at a path of field numbers."""
    for number, value in fields(data):
        if number == path[0]:
            yield from parts(value, *path[1:]) if len(path) > 1 else [value]


def otlp_spans(body):
    """The service, and of each span its name, kind and attributes that are texts."""
    def attributes(data, number):
        return {next(parts(pair, 1)).decode(): next(parts(pair, 2, 1), b'').decode() for pair in parts(data, number)}
    service = attributes(next(parts(body, 1, 1)), 1)['service.name']
    return [(service, next(parts(span, 5)).decode(), next(parts(span, 6)), attributes(span, 9))
            for span in parts(body, 1, 2, 2)]
