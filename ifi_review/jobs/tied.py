"""Run a module as a process that ends when the supervisor does, however that ends.

``python -m ifi_review.jobs.tied PID MODULE ARGUMENT...``, started by the process PID. Linux sends
the signal by itself, a supervisor killed outright included; it stays in force through ``exec``.
Elsewhere the module runs untied, as children always do.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tie(parent: int) -> bool:
    """Let this process be asked to end when its parent is gone; say whether it is still there."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM))
    # It may have died before the line above.
    return os.getppid() == parent


def main(parent: str, *command: str) -> None:
    """Become the module."""
    if tie(int(parent)):
        os.execv(sys.executable, [sys.executable, "-m", *command])


if __name__ == "__main__":
    main(*sys.argv[1:])
