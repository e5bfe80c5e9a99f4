# SPDX-License-Identifier: Apache-2.0
"""rsyslogd as a daemon that sends the lines of a file to a topic, one message a line."""

import os
import signal
import subprocess
import tempfile
import time


class Rsyslog:
    """Runs from entering to leaving the context. `parameters`: of omkafka's action, beside topic and brokers."""

    def __init__(self, brokers, topic, parameters, env):
        self.folder = tempfile.TemporaryDirectory()
        self.env = env
        conf = (f'module(load="imfile")\nmodule(load="omkafka")\n'
                f'global(workDirectory="{self.folder.name}")\n'
                f'template(name="line" type="string" string="%msg%")\n'
                f'input(type="imfile" File="{self.path("log")}" Tag="t" readTimeout="1")\n'
                f'action(type="omkafka" topic="{topic}" broker=["{brokers}"] template="line" {parameters})\n')
        for name, text in (('conf', conf), ('log', '')):
            with open(self.path(name), 'w', encoding='utf-8') as file:
                file.write(text)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def __enter__(self):
        # It returns once the daemon has left it.
        subprocess.run(['rsyslogd', '-f', self.path('conf'), '-i', self.path('pid')], env=self.env, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60)
        return self

    def log(self, *lines):
        with open(self.path('log'), 'a', encoding='utf-8') as file:
            file.writelines(line + '\n' for line in lines)

    def pid(self):
        """The daemon writes it when it has begun."""
        last = time.monotonic() + 30
        while time.monotonic() < last:
            try:
                with open(self.path('pid'), encoding='utf-8') as file:
                    return int(file.read())
            except (FileNotFoundError, ValueError):
                time.sleep(0.05)
        raise TimeoutError('rsyslogd has written no process id')

    def __exit__(self, *_):
        pid = self.pid()
        os.kill(pid, signal.SIGTERM)
        last = time.monotonic() + 30
        while os.path.exists(f'/proc/{pid}'):
            if time.monotonic() > last:
                raise TimeoutError('rsyslogd does not end')
            time.sleep(0.05)
        self.folder.cleanup()
