"""Memory of web and worker at rest, all their processes together, the database not counted."""

import os
import signal
import subprocess
import sys
import time

import psutil

from bench import setting

LIMIT_MB = 250


def run():
    with setting.home() as (folder, url, _):
        port = setting.free_port()
        environment = setting.environment(folder, url, WAYPOST_PORT=str(port))
        for name in list(environment):
            if name.startswith(("WAYPOST_TWILIO", "WAYPOST_PUBLIC")):
                del environment[name]
        process = subprocess.Popen(
            [sys.executable, "-m", "ops", "run"], env=environment, stdout=subprocess.DEVNULL
        )
        try:
            for _ in range(300):
                if setting.answers(port, "/readyz"):
                    break
                time.sleep(0.1)
            time.sleep(5)
            family = [
                psutil.Process(process.pid),
                *psutil.Process(process.pid).children(recursive=True),
            ]
            used = sum(each.memory_full_info().pss for each in family) / 1e6
        finally:
            os.kill(process.pid, signal.SIGINT)
            process.wait(60)
    yield "Memory at rest, MB", used, "limit", LIMIT_MB, used / LIMIT_MB, None
