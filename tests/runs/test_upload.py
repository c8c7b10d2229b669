import io
import json
import logging
from collections.abc import Iterator

import pytest
from slack_sdk import WebClient

from runs.upload import ATTEMPTS, UploadFailed, upload_file
from tests.fake_slack import FakeSlack, Fault, fake_slack, refused

DROPPED = Fault(drop=True)
BROKEN = Fault(503)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with fake_slack() as slack:
        yield slack


def upload(slack: FakeSlack, file=b"time,user\r\n", **more):
    more = {"channel": "C1", "name": "report.csv", "pause": lambda seconds: None, **more}
    return upload_file(slack.client, file=file, **more)


def test_the_bytes_arrive_and_are_shared_where_they_were_meant_for(slack):
    file = upload(slack, title="The report")
    assert file == {"id": "F1", "title": "The report"}
    assert slack.uploads == [b"time,user\r\n"]
    [asked] = slack.called("files.getUploadURLExternal")
    assert asked == {"filename": "report.csv", "length": "11"}
    [shared] = slack.called("files.completeUploadExternal")
    assert json.loads(shared.pop("files")) == [{"id": "F1", "title": "The report"}]
    assert shared == {"channel_id": "C1"}


def test_the_token_is_not_sent_to_the_upload_url(slack):
    upload(slack)
    [sent] = slack.called("upload")
    assert "Authorization" not in sent


def test_a_file_without_a_title_is_called_by_its_name(slack):
    assert upload(slack)["title"] == "report.csv"


def test_a_file_is_sent_from_where_it_stands(slack):
    file = io.BytesIO(b"headtail")
    file.seek(4)
    upload(slack, file)
    assert slack.uploads == [b"tail"]


def test_no_more_than_the_length_is_sent_of_a_file_that_has_grown(slack):
    upload(slack, io.BytesIO(b"headtail"), length=4)
    assert slack.uploads == [b"head"]


def test_a_length_beyond_the_end_of_the_file_is_not_waited_for(slack):
    upload(slack, io.BytesIO(b"head"), length=100)
    assert slack.uploads == [b"head"]


@pytest.mark.parametrize("fault", [DROPPED, BROKEN])
def test_a_broken_upload_is_sent_again_whole_to_a_fresh_url(slack, fault):
    slack.faults["upload"].append(fault)
    pauses: list[float] = []
    file = upload(slack, io.BytesIO(b"abc" * 100_000), pause=pauses.append)
    assert file["id"] == "F2"
    assert slack.uploads[-1] == b"abc" * 100_000
    assert [call["path"] for call in slack.called("upload")] == ["/upload/1", "/upload/2"]
    assert pauses == [1]


@pytest.mark.parametrize(
    ("fault", "said"), [(DROPPED, "the connection to Slack broke"), (BROKEN, "Slack answered HTTP 503")]
)
def test_after_the_last_attempt_it_says_what_happened_and_what_to_do(slack, fault, said):
    slack.faults["upload"].extend([fault] * ATTEMPTS)
    with pytest.raises(UploadFailed, match=rf"{said}, 3 times\. Run it again in a few minutes"):
        upload(slack)
    assert not slack.called("files.completeUploadExternal")


@pytest.mark.parametrize("status", [302, 400, 413])
def test_an_upload_that_slack_refuses_is_not_tried_again(slack, status):
    slack.faults["upload"].append(Fault(status, headers={"Location": f"{slack.url}/upload/elsewhere"}))
    with pytest.raises(UploadFailed, match=f"HTTP {status}"):
        upload(slack)
    assert len(slack.called("upload")) == 1


def test_an_empty_file_is_refused_before_any_call(slack):
    with pytest.raises(UploadFailed, match="empty"):
        upload(slack, b"")
    assert slack.calls == []


def test_an_upload_url_in_the_clear_is_refused_when_slack_is_not_on_loopback(slack, monkeypatch):
    client = slack.client
    client.base_url = "https://slack.example/api/"
    monkeypatch.setattr(WebClient, "files_getUploadURLExternal", lambda *_, **__: UPLOAD_IN_THE_CLEAR)
    with pytest.raises(UploadFailed, match="not https"):
        upload_file(client, channel="C1", name="report.csv", file=b"x")
    assert slack.calls == []


UPLOAD_IN_THE_CLEAR = {"upload_url": "http://127.0.0.1:9/upload", "file_id": "F1"}


@pytest.mark.parametrize("url", ["http://files.example/upload", "ftp://127.0.0.1/x", "file:///etc/passwd"])
def test_an_upload_url_that_leaves_loopback_in_the_clear_is_refused(slack, url):
    slack.faults["files.getUploadURLExternal"].append(
        Fault(body={"ok": True, "upload_url": url, "file_id": "F1"})
    )
    with pytest.raises(UploadFailed, match="not https"):
        upload(slack)


@pytest.mark.parametrize(
    ("method", "error", "said"),
    [
        ("files.completeUploadExternal", "not_in_channel", "Invite me there"),
        ("files.completeUploadExternal", "is_archived", "Choose another one"),
        ("files.getUploadURLExternal", "missing_scope", "files:write"),
        ("files.getUploadURLExternal", "brand_new_error", "`brand_new_error`"),
    ],
)
def test_an_error_of_slack_is_told_with_what_to_do(slack, method, error, said):
    slack.faults[method].append(refused(error))
    with pytest.raises(UploadFailed, match=said) as caught:
        upload(slack)
    assert str(caught.value).startswith("I couldn't deliver report.csv: ")


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_a_slack_out_of_reach_is_told_with_what_to_do(slack, method, monkeypatch):
    monkeypatch.setattr(WebClient, method.replace(".", "_"), unreachable)
    with pytest.raises(UploadFailed, match="Slack can't be reached"):
        upload(slack)


def unreachable(*_: object, **__: object) -> None:
    raise ConnectionResetError


def test_markup_in_a_file_name_stays_dead_in_the_message(slack):
    with pytest.raises(UploadFailed, match="&lt;!channel&gt;"):
        upload(slack, b"", name="<!channel>.csv")


def test_the_upload_url_is_not_logged(slack, caplog):
    slack.faults["upload"].append(DROPPED)
    with caplog.at_level(logging.INFO):
        upload(slack)
    assert "An upload broke off: " in caplog.text
    assert "/upload/" not in caplog.text


def test_the_clients_proxy_is_used(slack):
    client = slack.client
    client.proxy = slack.url
    upload_file(client, channel="C1", name="report.csv", file=b"x")
    [sent] = slack.called("upload")
    assert sent["path"].startswith("http://127.0.0.1"), "a proxy is asked for whole addresses"


class Endless(io.RawIOBase):
    """A file of a given size that takes no memory."""

    def __init__(self, size: int) -> None:
        self.size, self.at, self.largest_read = size, 0, 0

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset + (self.size if whence == io.SEEK_END else 0)
        return self.at

    def read(self, size: int = -1) -> bytes:
        self.largest_read = max(self.largest_read, self.size if size < 0 else size)
        data = b"x" * min(size, self.size - self.at)
        self.at += len(data)
        return data


def test_a_large_file_is_never_read_whole(slack):
    file = Endless(20_000_000)
    upload(slack, file)
    assert file.largest_read <= 64 * 1024
    assert len(slack.uploads[0]) == 20_000_000
