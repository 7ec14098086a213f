"""Programs that run beside ours, and are stopped with it whatever happens."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time

from scripts import cache, run
from scripts.errors import SetupError

HOST = "127.0.0.1"
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class Child:
    """A program of ours that runs until `stop`; its output goes to a log in the cache."""

    def __init__(self, name, command, env=None, cwd=None, quit_signal=signal.SIGTERM):
        self.name = name
        self.log = cache.folder("log") / f"{name}.log"
        self.quit_signal = quit_signal
        with self.log.open("w") as log:
            # a session of its own: Ctrl-C reaches us alone, and we stop our children in order
            self.process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def wait_until(self, ready, seconds, hint):
        """Wait until `ready()` is true; SetupError when the program ends or time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            ended = self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                what = "stopped by itself" if ended else f"did not answer in {seconds} s"
                self.stop()
                text = run.last_lines(self.log.read_text(errors="replace"))
                raise SetupError(f"{self.name} {what}. {hint} Its log is {self.log}:\n{text}")
            time.sleep(0.1)

    def stop(self, seconds=20):
        """Ask the program to end, and end it when it does not."""
        if self.process.poll() is None:
            self._signal(self.quit_signal)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self.process.wait()

    def _signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def _end_with_parent():
    """In the child: be told to end when we are killed and cannot say so ourselves."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def free_port(*wanted):
    """The first of the wanted ports that is free, else any free one."""
    for port in (*wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise SetupError("No port is free on this machine. Stop some servers, then start again.")


def answers(port):
    """Whether something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def stop_on_signals():
    """Make SIGTERM and SIGHUP end this program as Ctrl-C does, so that what it started stops."""

    def leave(number, _frame):
        # a second signal must not break the clean-up that the first one began
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, leave)
