"""What an app on one's own machine does every minute goes on, whatever happens in one of them."""

from __future__ import annotations

import logging
from typing import Any, cast

import pytest

import wiring.on_this_machine as here
from oauth.installations import Installations
from runs.service import RunService

MINUTES = 3


class Runs:
    """Fails at everything, the first time."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def recover(self) -> None:
        self._do("recover")

    def account(self) -> None:
        self._do("account")

    def renew(self) -> None:
        self._do("renew")

    def forget(self) -> None:
        self._do("forget")

    def _do(self, what: str) -> None:
        self.done.append(what)
        if self.done.count(what) == 1:
            raise OSError("database is locked")


def test_what_fails_in_one_minute_is_tried_again_in_the_next(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    runs, passed = Runs(), iter(range(MINUTES))

    def sleep(seconds: float) -> None:
        if next(passed, None) is None:
            raise SystemExit

    monkeypatch.setattr(here.time, "sleep", sleep)
    installations = Installations(cast(Any, None), cast(Any, None), renew=runs.renew)
    with pytest.raises(SystemExit):
        here._keep_accounts(cast(RunService, runs), installations, runs.forget)
    assert runs.done == ["recover", "forget", *["account", "renew"] * MINUTES]
    assert [each.levelno for each in caplog.records] == [logging.ERROR] * 4
    assert "database is locked" in caplog.text
