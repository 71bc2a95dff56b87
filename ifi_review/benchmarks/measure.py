"""Clock, memory and percentiles."""

import platform
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STATUS = Path("/proc/self/status")
PEAKS = Path("/proc/self/clear_refs")


class Measured:
    """What a stretch of work took: seconds on the wall and of this process, and memory."""

    def __init__(self) -> None:
        self.seconds = self.cpu_seconds = self.peak_mb = 0.0

    def as_json(self) -> dict[str, float]:
        """Return the figures, rounded to what they are good for."""
        return {
            "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu_seconds, 3),
            "peak_mb": round(self.peak_mb, 1),
        }


@contextmanager
def measured() -> Iterator[Measured]:
    """Measure what is done inside; ``peak_mb`` is above what the process held before."""
    result = Measured()
    _forget_peak()
    held = peak_mb()
    wall, processor = time.perf_counter(), time.process_time()
    try:
        yield result
    finally:
        result.seconds = time.perf_counter() - wall
        result.cpu_seconds = time.process_time() - processor
        result.peak_mb = peak_mb() - held


def peak_mb() -> float:
    """Return the most memory that this process has held, in megabytes.

    Linux tells it of the program alone; what ``getrusage`` says may be that of the parent.
    """
    if STATUS.exists():
        for line in STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / 1024**2 if sys.platform == "darwin" else held / 1024


def _forget_peak() -> None:
    """Let the peak begin anew at what is held now, where the system can do that."""
    try:
        PEAKS.write_text("5", encoding="ascii")
    except OSError:
        return


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest of the values that at least ``share`` of them do not exceed."""
    ordered = sorted(values)
    place = max(0, -(-round(share * 10_000) * len(ordered) // 10_000) - 1)
    return ordered[place]


def machine() -> dict[str, object]:
    """Return what the figures were taken on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    if told.exists():
        for line in told.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
