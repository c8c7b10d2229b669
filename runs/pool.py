"""Where jobs run on one's own machine: threads of their own, so that no ack ever waits behind a job."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from runs.errors import RunFailed

log = logging.getLogger("errand.pool")

# Jobs mostly wait for Slack, which answers a workspace about 50 times a minute per method.
JOBS_AT_ONCE = 20


class JobPool:
    def __init__(self, size: int = JOBS_AT_ONCE) -> None:
        self._executor = ThreadPoolExecutor(max_workers=size, thread_name_prefix="job")

    def start(self, work: Callable[[], object]) -> None:
        self._executor.submit(_logged, work)

    def close(self, *, wait: bool = False) -> None:
        """Starts nothing more. Jobs at work that are not waited for are accounted for at the app's next start."""
        self._executor.shutdown(wait=wait, cancel_futures=True)


def _logged(work: Callable[[], object]) -> None:
    """Jobs report their own errors; what comes out here is a fault of Errand's, and must not vanish in a Future."""
    try:
        work()
    except RunFailed as error:
        log.info("%s", error)
    except BaseException:  # a thread has nobody above it to tell
        log.exception("A run could not be carried out or recorded")
