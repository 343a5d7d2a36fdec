"""`waypost worker` as a process that tests kill and start anew."""

import signal
import subprocess
import sys

ENOUGH_SECONDS = 60


class Worker:
    def __init__(self, environment):
        self.environment = environment
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ops", "worker"], env=self.environment, stderr=subprocess.PIPE
        )

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        """Gives what it said."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=ENOUGH_SECONDS)[1].decode()
