"""How much memory this process has used at most."""

from pathlib import Path


def peak() -> int:
    """Return the largest resident set so far, in KiB.

    From `/proc`, since `ru_maxrss` of a new process begins with that of whoever started it: a large pytest worker would be measured.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])
