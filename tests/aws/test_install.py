"""The OAuth pages as API Gateway asks for them: payload format 2.0, before a table and a key."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from oauth.failure import Kind
from tests.aws.emulator import Emulator
from tests.aws.function import Event, Function, a_function, http_event
from tests.fake_slack import TEAM, FakeSlack, fake_slack

Response = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as made:
        yield made


@pytest.fixture
def function(aws: Emulator, table: str, slack: FakeSlack) -> Iterator[Function]:
    key = str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])
    with a_function(aws, table) as made:
        made.start(
            SLACK_CLIENT_ID="1.2",
            SLACK_CLIENT_SECRET="of the app",
            SLACK_SIGNING_SECRET="s",
            SLACK_API_URL=f"{slack.url}/api/",
            KMS_KEY_ID=key,
        )
        yield made


def get(path: str, *cookies: str, stage: str = "$default", **query: str) -> Event:
    """Cookies stand apart, as API Gateway takes them out of the headers."""
    event = http_event("GET", path, {"Host": "evil.example"}, b"")
    event["rawPath"] = path if stage == "$default" else f"/{stage}{path}"
    event["requestContext"]["stage"] = stage
    return event | {"rawQueryString": urlencode(query), "cookies": list(cookies)}


def begin(function: Function) -> tuple[str, str]:
    """The state, and the cookie that a browser keeps."""
    answer = function.invoke(get("/slack/install"))
    [link] = re.findall(r'<a class="button" href="([^"]*)"', answer["body"])
    [cookie] = answer["cookies"]
    return parse_qs(urlsplit(unescape(link)).query)["state"][0], cookie.partition(";")[0]


def title(answer: Response) -> str:
    return unescape(re.findall(r"<h1>(.*?)</h1>", answer["body"])[0])


def rows(aws: Emulator, table: str) -> list[Any]:
    return list(aws.client("dynamodb").scan(TableName=table)["Items"])


def test_nothing_is_written_and_no_aws_asked_until_somebody_comes_back(
    function: Function, aws: Emulator, table: str
) -> None:
    answer = function.invoke(get("/slack/install"))
    assert (answer["statusCode"], title(answer)) == (200, "Add Errand to Slack")
    assert "KMS key" in answer["body"]
    assert "evil.example" not in answer["body"]
    assert rows(aws, table) == []
    assert "dynamodb" not in vars(function.handler._failures._clients), "boto3 was not even imported for it"


def test_the_answer_is_one_that_api_gateway_takes(function: Function) -> None:
    answer = function.invoke(get("/slack/install"))
    assert answer.keys() == {"statusCode", "headers", "cookies", "body", "isBase64Encoded"}
    assert all(isinstance(value, str) for value in answer["headers"].values())
    assert "set-cookie" not in answer["headers"]
    assert answer["headers"]["strict-transport-security"] == "max-age=31536000"
    assert answer["cookies"][0].endswith("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure")


def test_the_right_one_of_several_cookies_lets_it_in_and_the_token_lies_sealed(
    function: Function, aws: Emulator, table: str
) -> None:
    state, cookie = begin(function)
    answer = function.invoke(get("/slack/oauth_redirect", "a=1", cookie, "b=2", code="c", state=state))
    assert (answer["statusCode"], title(answer)) == (200, "Errand is in Harbour")
    names = [each.partition("=")[0] for each in answer["cookies"]]
    assert names == ["errand-oauth-state", "errand-oauth-done"]
    stored = str(rows(aws, table))
    assert TEAM in stored
    assert "errand.v1." in stored
    assert "xoxb-" not in stored


def test_a_cookie_in_a_header_is_one_too(function: Function) -> None:
    """As the emulator has it, and payload format 1.0."""
    state, cookie = begin(function)
    event = get("/slack/oauth_redirect", code="c", state=state)
    event["headers"]["cookie"] = f"a=1; {cookie}"
    assert title(function.invoke(event)) == "Errand is in Harbour"


def test_behind_a_stage_the_pages_still_find_each_other(function: Function) -> None:
    answer = function.invoke(get("/slack/oauth_redirect", stage="dev"))
    assert answer["statusCode"] == 400
    assert 'href="install"' in answer["body"], "from /dev/slack/oauth_redirect that is /dev/slack/install"


def test_the_path_says_which_page_it_is_whatever_the_query_says(function: Function) -> None:
    """Bolt's adapter takes any address with a code and a state for the callback."""
    answer = function.invoke(get("/slack/install", code="c", state="s", error="x"))
    assert title(answer) == "Add Errand to Slack"
    answer = function.invoke(get("/slack/oauth_redirect", code="c"))
    assert title(answer) == Kind.STATE_MISSING.value.title


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("path", ["/slack/install", "/slack/oauth_redirect"])
def test_any_other_method_is_not_found(function: Function, slack: FakeSlack, method: str, path: str) -> None:
    assert function.invoke(http_event(method, path, {}, b""))["statusCode"] == 404
    assert slack.calls == []


def test_of_many_at_once_one_installs(function: Function, slack: FakeSlack) -> None:
    """Each in an environment of its own would be the same: what tells them apart is one conditional write."""
    state, cookie = begin(function)
    answers: list[Response] = []

    def come_back() -> None:
        event = get("/slack/oauth_redirect", cookie, code="c", state=state)
        answers.append(function.handler(event, None))  # type: ignore[arg-type]

    threads = [threading.Thread(target=come_back) for _ in range(8)]
    function.handler._invocation.begin = lambda context: None  # type: ignore[method-assign]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each["statusCode"] for each in answers) == [200, *[409] * 7]
    assert len(slack.called("oauth.v2.access")) == 1


def test_a_key_that_was_disabled_stores_nothing_and_says_so(
    function: Function, aws: Emulator, table: str, caplog: pytest.LogCaptureFixture
) -> None:
    aws.client("kms").disable_key(KeyId=function._started_with["KMS_KEY_ID"])
    state, cookie = begin(function)
    answer = function.invoke(get("/slack/oauth_redirect", cookie, code="c", state=state))
    assert (answer["statusCode"], title(answer)) == (500, Kind.NOT_STORED.value.title)
    assert "Disabled" not in answer["body"]
    assert "with NOT_STORED" in caplog.text
    assert "xoxb-" not in caplog.text
    assert [each["pk"]["S"] for each in rows(aws, table)] == [f"consumed#{state.split('.')[2]}"]


def test_a_table_that_is_gone_installs_nothing(
    function: Function, aws: Emulator, table: str, slack: FakeSlack
) -> None:
    state, cookie = begin(function)
    aws.client("dynamodb").delete_table(TableName=table)
    answer = function.invoke(get("/slack/oauth_redirect", cookie, code="c", state=state))
    assert answer["statusCode"] == 500
    assert table not in answer["body"]
    assert slack.calls == []
