#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: https.py OPENSSL SERVER EDGESPAN...

Runs `EDGESPAN demo` with its traces going over https to a collector on this machine: TLS on the processor that EDGESPAN
was built for, against one that has OpenSSL. EDGESPAN is the command, with an emulator before it where it takes one.
"""

import os
import subprocess
import sys
import tempfile


def certificate(openssl, folder):
    """A server's certificate that is its own root, and its key."""
    subprocess.run([openssl, 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                    '-days', '2', '-subj', '/CN=collector', '-addext', 'subjectAltName=IP:127.0.0.1',
                    '-keyout', os.path.join(folder, 'key.pem'), '-out', os.path.join(folder, 'chain.pem')],
                   check=True, capture_output=True)


def main(openssl, server, *edgespan):
    with tempfile.TemporaryDirectory() as folder:
        certificate(openssl, folder)
        collector = subprocess.Popen([sys.executable, server, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     text=True)
        try:
            port = int(collector.stdout.readline())
            run = subprocess.run([*edgespan, 'demo', '--zipkin', f'https://127.0.0.1:{port}/api/v2/spans',
                                  '--ca', os.path.join(folder, 'chain.pem')],
                                 capture_output=True, timeout=100, check=False)
        finally:
            requests = collector.communicate(timeout=20)[0].splitlines()  # it ends with its input
    if run.returncode != 0:
        sys.exit(f'edgespan demo: exit code {run.returncode}\n{run.stderr.decode()}')
    if not requests:
        sys.exit('the collector saw no request')
    for line in requests:
        protocol, cipher, *_ = line.split()
        if protocol not in ('TLSv1.2', 'TLSv1.3'):
            sys.exit(f'the collector saw {line}')
    print(f'{len(requests)} requests by {protocol}, {cipher}')


if __name__ == '__main__':
    main(*sys.argv[1:]) if len(sys.argv) > 3 else sys.exit(__doc__)
