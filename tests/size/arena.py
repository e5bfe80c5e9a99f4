#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: arena.py OPENSSL RESULT GATEWAY...

Runs the command GATEWAY, built with TLS, against a collector on loopback whose certificate is an RSA-2048 one with an
authority between it and the root, over two connections, the second resumed. Writes into the file RESULT what its arena
has and what of it was needed; fails unless both connections came about as they should.
"""

import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'tls'))
import server  # pylint: disable=wrong-import-position

SAID = re.compile(r'^handshakes (\d+) resumed (\d+) arena (\d+) of (\d+) records (\d+) (\d+)$', re.M)


class OneRequest(server.Collector):
    """Each batch comes over a connection of its own."""

    def end_headers(self):
        self.send_header('Connection', 'close')
        super().end_headers()


def issue(openssl, folder, name, issuer, *extensions):
    command = [openssl, 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', f'/CN={name}',
               '-keyout', os.path.join(folder, f'{name}.key'), '-out', os.path.join(folder, f'{name}.pem')]
    if issuer:
        command += ['-CA', os.path.join(folder, f'{issuer}.pem'), '-CAkey', os.path.join(folder, f'{issuer}.key')]
    for extension in extensions:
        command += ['-addext', extension]
    subprocess.run(command, check=True, capture_output=True)


def collector(openssl, folder):
    """Its certificates go into `folder`, the root as root.pem."""
    authority = ('basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign')
    issue(openssl, folder, 'root', None, *authority)
    issue(openssl, folder, 'between', 'root', *authority)
    issue(openssl, folder, 'collector', 'between', 'basicConstraints=critical,CA:FALSE',
          'keyUsage=digitalSignature', 'extendedKeyUsage=serverAuth', 'subjectAltName=IP:127.0.0.1')
    chain = os.path.join(folder, 'chain.pem')
    with open(chain, 'w', encoding='ascii') as file:
        for name in ('collector', 'between'):
            with open(os.path.join(folder, f'{name}.pem'), encoding='ascii') as part:
                file.write(part.read())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, os.path.join(folder, 'collector.key'))
    made = server.Server(('127.0.0.1', 0), OneRequest)
    made.socket = context.wrap_socket(made.socket, server_side=True, do_handshake_on_connect=False)
    return made


def main(openssl, result, *gateway):
    with tempfile.TemporaryDirectory() as folder:
        there = collector(openssl, folder)
        threading.Thread(target=there.serve_forever, daemon=True).start()
        url = f'https://127.0.0.1:{there.server_port}/api/v2/spans'
        done = subprocess.run([*gateway, url, '', os.path.join(folder, 'root.pem')], stdout=subprocess.PIPE, text=True,
                              timeout=180, check=False)
        there.shutdown()
    print(done.stdout, end='')
    said = SAID.search(done.stdout)
    if done.returncode != 0 or said is None:
        sys.exit(f'the gateway ended with {done.returncode}')
    handshakes, resumed, needed, arena, received, sent = map(int, said.groups())
    if handshakes < 2 or resumed < 1:
        sys.exit(f'{handshakes} handshakes, {resumed} resumed: not the two of which the second is resumed')
    with open(result, 'w', encoding='ascii') as file:
        file.write(f'{received} {sent} {needed} {arena}\n')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) > 3 else sys.exit(__doc__)
