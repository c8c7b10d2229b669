"""What comes out of a job's thread is in the log."""

import logging

import pytest

from runs.pool import JobPool


class Dies(BaseException):
    """No Exception, as what stops threads often is not."""


def test_whatever_escapes_from_a_run_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def die() -> None:
        raise Dies

    pool = JobPool()
    pool.start(die)
    pool.close(wait=True)
    [record] = [
        each for each in caplog.records if each.name == "errand.pool" and each.levelno == logging.ERROR
    ]
    assert record.exc_info
    assert record.exc_info[0] is Dies
