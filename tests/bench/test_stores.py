"""That stores are filled with bots that are found, with one call each, and that pages are asked for as browsers do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from aws.dynamodb_installation_store import DynamoDBInstallationStore
from bench.events import page_event
from bench.fakes import CLIENT_ID, TEAM_ID, sealed_bot
from bench.stores import Found, cookie_of, measure_sqlite, state_of, table_of_calls, table_of_times


def test_each_bot_is_found_among_all_that_were_filled_in(tmp_path: Path) -> None:
    found = measure_sqlite(tmp_path, (1, 60))
    assert found.keys() == {1, 60}
    assert all(each.seconds > 0 for each in found.values())


def test_the_bot_that_the_fake_hands_out_is_one_that_the_app_asks_for() -> None:
    key = DynamoDBInstallationStore(None, "", client_id=CLIENT_ID)._key(None, TEAM_ID, "bot#")  # type: ignore[arg-type]
    item = sealed_bot()
    assert {name: item[name] for name in key} == key
    assert "xoxb" not in str(item)


def test_a_page_is_asked_for_with_its_cookies_in_both_places() -> None:
    event = page_event("/slack/oauth_redirect", "a=1", code="c", state="s")
    assert (event["rawPath"], event["rawQueryString"]) == ("/slack/oauth_redirect", "code=c&state=s")
    assert event["cookies"] == ["a=1"]
    assert event["headers"]["cookie"] == "a=1"
    assert event["requestContext"]["http"]["method"] == "GET"


def test_state_and_cookie_are_read_from_the_page() -> None:
    body = '<a href="https://slack.com/oauth/v2/authorize?client_id=1.1&amp;state=abc">'
    assert state_of({"body": body}) == "abc"
    assert cookie_of({"headers": {"Set-Cookie": "s=abc; Path=/"}}) == "s=abc"
    assert cookie_of({"headers": {}, "cookies": ["s=abc; Path=/"]}) == "s=abc"


def test_tables_say_what_was_counted_and_what_was_not() -> None:
    calls = {"an install": Counter({"kms:GenerateDataKey": 2})}
    assert "| an install | 2 AWS + 0 Slack (kms:GenerateDataKey ×2) |" in list(
        table_of_calls({"Errand": calls})
    )
    [line] = list(table_of_times({"S3": {10: Found(0.0012, 1)}}, (10, 20)))[4:]
    assert line == "| S3 | 1.20 ms | not measured | 1 |"
