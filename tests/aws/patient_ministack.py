"""ministack that waits for what a function prints. Run by its own Python.

By itself it asks for the log 50 ms after the answer at the latest, and what comes later is part of no log, or of the
next invocation's. A busy machine may need that long to hand on a line that was printed before the answer.
"""

from ministack.app import main
from ministack.core import lambda_runtime

SECONDS = 3.0

drain = lambda_runtime.Worker._drain_stderr_bounded


def drain_patiently(worker: lambda_runtime.Worker, first_line_wait: float = SECONDS) -> str:
    log: str = drain(worker, first_line_wait=first_line_wait, hard_cap=2 * SECONDS)
    return log


lambda_runtime.Worker._drain_stderr_bounded = drain_patiently
main()
