"""Ctrl-C ends what is under way, and other threads run meanwhile."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import octomix as ox

WORK = """
import numpy as np
import octomix as ox

X = (np.arange(1_000_000, dtype=np.uint64) * 4001 % 2**32).astype(np.uint32)
print("begun", flush=True)
try:
    {}
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


posix = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


@posix
@pytest.mark.parametrize(
    "call, seconds",
    [
        ("ox.BayesianGaussianMixture(n_components=8, max_iter=100_000, tol=0).fit(X)", 1.5),
        ("ox.GaussianMixture(8, max_iter=100_000, tol=0).fit(X)", 1.5),
        ("ox.KMeans(50, n_init=1000).fit(X)", 1.5),
        ("ox.sweep(X, ks=range(1, 30))", 1.5),
        ("ox.detect(X, n_init=1000)", 3),
        # While all addresses are described.
        ("ox.detect(X, k=1, n_init=1, threshold='density:99')", 3),
    ],
)
def test_it_stops_within_a_second(call, seconds):
    stops(WORK.format(call), seconds)


@posix
def test_reading_stops_within_a_second(tmp_path):
    pipe = tmp_path / "endless.csv"
    os.mkfifo(pipe)
    lines = "".join(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255},10.0.0.1\n" for n in range(100_000)).encode()

    def write():
        try:
            with open(pipe, "wb") as file:
                file.write(b"src,dst\n")
                while True:
                    file.write(lines)
        except BrokenPipeError:
            pass

    threading.Thread(target=write, daemon=True).start()
    stops(WORK.format(f"ox.read({str(pipe)!r})"), 1.5)


def stops(work, seconds):
    """Checks that Ctrl-C ends ``work`` after so many seconds."""
    with subprocess.Popen([sys.executable, "-c", work], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "begun\n"
        time.sleep(seconds)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "interrupted\n"
        # Twice what is promised: tests share the machine.
        assert time.monotonic() - sent < 2


def test_other_threads_run_meanwhile():
    X = (np.arange(300_000, dtype=np.uint64) * 4001 % 2**32).astype(np.uint32)
    beats = []
    done = threading.Event()

    def beat():
        while not done.is_set():
            beats.append(time.monotonic())
            time.sleep(0.01)

    thread = threading.Thread(target=beat)
    thread.start()
    ox.KMeans(20, n_init=5, random_state=0).fit(X)
    done.set()
    thread.join()
    assert len(beats) > 5 and max(np.diff(beats)) < 1
