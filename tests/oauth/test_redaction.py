"""What a log line is cleared of, whoever writes it."""

from __future__ import annotations

import logging

import pytest

from oauth.redaction import guard_log

TOLD: list[str] = ["https://pager.example/v1/sesame"]

log = logging.getLogger("somebody's")


@pytest.fixture(autouse=True)
def guarded(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    guard_log(lambda: TOLD)


def of_ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """And of no thread that an earlier test has left."""
    return [each for each in caplog.records if each.name == log.name]


@pytest.mark.parametrize(
    "secret",
    [
        TOLD[0],
        "https%3A%2F%2Fpager.example%2Fv1%2Fsesame",
        "xoxb-1-sesame",
        "xoxe.xoxp-1-sesame",
        "xapp-1-A1-sesame",
        "https://hooks.slack.com/commands/T1/2/sesame",
        "https://hooks.slack.com/services/T1/B1/sesame",
    ],
)
def test_a_secret_goes_from_messages_and_from_what_was_raised(
    secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    log.debug("before %s, after", secret)
    try:
        raise ValueError("no") from OSError(f"no way to {secret}!")
    except ValueError:
        log.exception("It failed for %d reasons", 2)
    assert "sesame" not in caplog.text
    assert "before …, after" in caplog.text
    assert "It failed for 2 reasons" in caplog.text
    assert "OSError: no way to …" in caplog.text
    for record in of_ours(caplog):  # for handlers that write these down themselves
        assert not record.args
        assert not record.exc_info


def test_what_has_no_secret_is_left_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("no")
    except ValueError:
        log.exception("It failed: %s", "why")
    [record] = of_ours(caplog)
    assert record.exc_info
    assert (record.msg, record.args) == ("It failed: %s", ("why",))


def test_a_line_that_cannot_be_made_raises_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    log.handlers, log.propagate = [logging.StreamHandler()], False
    log.info("%d", "no number")
    log.handlers, log.propagate = [], True


def test_what_becomes_known_later_is_cleared_from_then_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.oauth.test_redaction.TOLD", [])
    log.info("sesame")
    TOLD.append("sesame")
    log.info("sesame")
    assert [each.getMessage() for each in of_ours(caplog)] == ["sesame", "…"]


@pytest.mark.parametrize(
    "name", ["slack_sdk.web.client", "slack_bolt.App", "botocore.endpoint", "urllib3.util"]
)
def test_libraries_that_log_whole_requests_are_not_heard_at_debug(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
    assert logging.getLogger(name).isEnabledFor(logging.INFO)
