# SPDX-License-Identifier: Apache-2.0
"""What CONTRIBUTING.md says of a commit's subject, asked of the history."""

import os
import subprocess

SUBJECT_MAX = 72
# Older commits were written before anything asked.
SINCE = 'b97f0f77961e6759554f220430805a4a9e84cc67'


def check(root):
    """A sentence for each commit whose subject is too long; none where the history is not there."""
    if not os.path.exists(os.path.join(root, '.git')):
        return
    log = subprocess.run(['git', '-C', root, 'log', '--format=%h %s', f'{SINCE}..HEAD'], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True, check=False)
    for line in log.stdout.splitlines():
        name, _, subject = line.partition(' ')
        if len(subject) > SUBJECT_MAX:
            yield f'commit {name}: [subject] {len(subject)} characters, {SUBJECT_MAX} at most'
