# SPDX-License-Identifier: Apache-2.0
"""The processes that the suite starts: each on loopback, with its own log, stopped by its own process id."""

import ctypes
import json
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

# Serial collector and first-tier compiler: these virtual machines live for a minute, start-up decides.
JVM = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
START_S = 90
STOP_S = 15
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


class ServerFailed(Exception):
    """A server did not come up, or went away; the message ends with the last lines of its log."""


def die_with_parent():
    """Runs in the child: should the suite itself be killed, the kernel ends the child too."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_until(condition, seconds, what):
    """Asks every 20 ms until the condition gives something true, and returns that; fails after `seconds`."""
    started = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() - started >= seconds:
            raise TimeoutError("after %.0f s still waiting for %s" % (seconds, what))
        time.sleep(0.02)


class Server:
    """One child process whose stdout and stderr go to <directory>/<name>.log."""

    def __init__(self, name, directory):
        self.name = name
        self.directory = directory
        self.log = os.path.join(directory, name + ".log")
        self.process = None

    def spawn(self, argv, **pipes):
        with open(self.log, "ab") as log:
            streams = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
            streams.update(pipes)
            self.process = subprocess.Popen(argv, cwd=self.directory, preexec_fn=die_with_parent, **streams)

    def log_text(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def failure(self, what):
        return ServerFailed("%s: %s; its log ends:\n%s" % (self.name, what, self.log_text()[-3000:]))

    def check_alive(self):
        if self.process.poll() is not None:
            raise self.failure("exited with %d" % self.process.returncode)

    def wait_for_log(self, pattern):
        """Waits for a line of the log that matches, and returns the match."""

        def found():
            match = re.search(pattern, self.log_text())
            if not match:
                self.check_alive()
            return match

        try:
            return wait_until(found, START_S, pattern)
        except TimeoutError as late:
            raise self.failure(str(late)) from None

    def terminate(self):
        """Asks the process to end and does not wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self):
        """Ends the process, by force if it takes too long; returns when it is gone."""
        if self.process is None:
            return
        self.terminate()
        if self.process.poll() is None:
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self.process = None


class Zipkin(Server):
    """Zipkin with its memory store; it collects over HTTP and from the topic `zipkin`, which must be there."""

    def __init__(self, artefacts, directory):
        super().__init__("zipkin", directory)
        self.jar = os.path.join(artefacts, "zipkin", "zipkin.jar")
        self.url = None

    def start(self, brokers):
        self.spawn(JVM + [
            "-Xmx512m", "-jar", self.jar,
            # The server's own port option listens on every interface; this list replaces it. Port 0: any.
            "--armeria.ports[0].ip=127.0.0.1", "--armeria.ports[0].port=0",
            "--armeria.ports[0].protocols[0]=http",
            "--zipkin.storage.type=mem", "--zipkin.collector.kafka.bootstrap-servers=" + brokers,
            "--zipkin.collector.grpc.enabled=false", "--zipkin.self-tracing.enabled=false",
        ])

    def ready(self):
        self.url = "http://127.0.0.1:" + self.wait_for_log(r"Serving HTTP at /127\.0\.0\.1:(\d+)").group(1)


KAFKA_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:0
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
num.partitions=1
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.cleaner.enable=false
"""


def get_json(url):
    """What a server's query answers; None: it knows no such thing."""
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 404:
                return None
            raise


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Kafka(Server):
    """One KRaft node, broker and controller. The broker takes any free port and advertises the one it got."""

    def __init__(self, artefacts, directory, more=""):
        super().__init__("kafka", directory)
        self.more = more  # lines that are added to its properties; of two for one property the last counts
        here = os.path.dirname(os.path.abspath(__file__))
        self.java = JVM + [
            "-Xmx512m", "-Dlog4j.configuration=file:" + os.path.join(here, "java", "log4j.properties"),
            "-cp", os.path.join(artefacts, "lib", "*"),
        ]
        self.controller = None
        self.brokers = None

    def start(self):
        # The quorum must know the controller's port before anybody listens on it, so 0 will not do here.
        self.controller = free_port()
        properties = os.path.join(self.directory, "server.properties")
        data = os.path.join(self.directory, "data")
        with open(properties, "w", encoding="utf-8") as out:
            out.write(KAFKA_PROPERTIES.format(controller=self.controller, data=data) + self.more)
        with open(self.log, "ab") as log:
            storage = ["kafka.tools.StorageTool", "format", "-t", "ZWRnZXNwYW4taW50ZXJvcA", "-c", properties]
            subprocess.run(self.java + storage + ["--ignore-formatted"], cwd=self.directory, check=True,
                           stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=START_S)
        self.spawn(self.java + ["kafka.Kafka", properties])

    def ready(self):
        listening = r"Awaiting socket connections on (127\.0\.0\.1:(?!%d\.)\d+)\."
        for _ in range(3):
            try:
                self.brokers = self.wait_for_log(listening % self.controller).group(1)
                return
            except ServerFailed:
                # Between choosing the controller's port and listening on it somebody else may have got it.
                if "Address already in use" not in self.log_text():
                    raise
                self.stop()
                os.remove(self.log)
                self.start()
        raise self.failure("found no free controller port in three attempts")


class CommandServer(Server):
    """A process that answers one command after the other: the suite pays for its start once."""

    def __init__(self, name, directory, argv, env=None):
        super().__init__(name, directory)
        self.argv = argv
        self.env = env
        self.lines = None

    def start(self):
        self.spawn(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.env)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, args=(self.process.stdout, self.lines), daemon=True).start()

    @staticmethod
    def read(stdout, lines):
        """On a thread of its own, because a pipe offers no read with a deadline. None marks the end."""
        with stdout:
            for line in stdout:
                lines.put(line.decode("utf-8").rstrip("\n"))
        lines.put(None)

    def command(self, argv, seconds):
        """Runs one command; returns its exit code and its lines."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        self.process.stdin.write(("\t".join(argv) + "\n").encode("utf-8"))
        self.process.stdin.flush()
        answer = []
        started = time.monotonic()
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, started + seconds - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                failure = self.failure("no answer to: " + " ".join(argv))
                self.stop()  # The next command gets a fresh one.
                raise failure
            if line.startswith("end exit="):
                return int(line[len("end exit="):]), answer
            answer.append(line)


class JavaPeer(CommandServer):
    """JavaPeer's `serve` mode: one virtual machine with Brave and OpenTelemetry."""

    def __init__(self, artefacts, directory, name="java", env=None):
        here = os.path.dirname(os.path.abspath(__file__))
        path = os.path.join(artefacts, "lib", "*") + ":" + os.path.join(artefacts, "target", "classes")
        super().__init__(name, directory, JVM + [
            "-Xmx256m", "-Dlog4j.configuration=file:" + os.path.join(here, "java", "log4j.properties"),
            "-cp", path, "edgespan.interop.JavaPeer", "serve",
        ], env)


class PythonPeer(CommandServer):
    """python_peer.py, with the packages that were fetched for it."""

    def __init__(self, artefacts, directory):
        here = os.path.dirname(os.path.abspath(__file__))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
        environment["PYTHONPATH"] = os.path.join(artefacts, "python")
        super().__init__("python", directory, [
            sys.executable, "-B", os.path.join(here, "python", "python_peer.py")], environment)
