"""The bench's own parts, with the real runtime client's protocol but no peer to install."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import ssl
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

import bench.cpu_quota
from bench.cpu_quota import NoCpuQuota, cpu_quota
from bench.events import SIGNING_SECRET
from bench.fakes import FakeSlackAndAws
from bench.runtime_api import FunctionFailed, RuntimeApi
from bench.subjects import click_approve, click_cancel, open_modal, open_picker, start_run


@pytest.fixture
def runtime_api():
    api = RuntimeApi(lambda: True)
    yield api
    api.close()


def call(
    api: RuntimeApi, method: str, path: str, body: bytes = b""
) -> tuple[int, bytes, http.client.HTTPMessage]:
    with closing(http.client.HTTPConnection(api.address)) as connection:
        connection.request(method, f"/2018-06-01/runtime/{path}", body)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


def test_a_function_gets_its_event_and_its_answer_comes_back(runtime_api: RuntimeApi) -> None:
    def function() -> tuple[bytes, http.client.HTTPMessage, int]:
        _, event, headers = call(runtime_api, "GET", "invocation/next")
        path = f"invocation/{headers['Lambda-Runtime-Aws-Request-Id']}/response"
        accepted, _, _ = call(runtime_api, "POST", path, b'{"statusCode": 200}')
        call(runtime_api, "GET", "invocation/next")
        return event, headers, accepted

    with ThreadPoolExecutor() as executor:
        running = executor.submit(function)
        runtime_api.wait_until_ready()
        seconds, answer = runtime_api.invoke({"an": "event"})
        runtime_api._events.put({})  # lets the last call return
        event, headers, accepted = running.result()
    assert (json.loads(event), answer, accepted) == ({"an": "event"}, {"statusCode": 200}, 202)
    assert headers["Lambda-Runtime-Invoked-Function-Arn"].startswith("arn:aws:lambda:")
    assert seconds > 0


def test_an_init_that_fails_is_no_measurement(runtime_api: RuntimeApi) -> None:
    call(runtime_api, "POST", "init/error", b'{"errorMessage": "no such module"}')
    with pytest.raises(FunctionFailed, match="no such module"):
        runtime_api.wait_until_ready()


def test_a_process_that_ended_is_not_waited_for() -> None:
    api = RuntimeApi(lambda: False)
    with pytest.raises(FunctionFailed, match="ended"):
        api.wait_until_ready()
    api.close()


@pytest.mark.parametrize("make", [start_run, click_cancel, click_approve, open_modal, open_picker])
def test_events_are_signed_as_slack_signs_them(make) -> None:
    event = make()
    body = base64.b64decode(event["body"]).decode()
    base = f"v0:{event['headers']['x-slack-request-timestamp']}:{body}"
    signature = hmac.new(SIGNING_SECRET.encode(), base.encode(), hashlib.sha256).hexdigest()
    assert event["headers"]["x-slack-signature"] == f"v0={signature}"


def test_the_fakes_speak_tls_and_count_each_kind_of_call(tmp_path: Path) -> None:
    fakes = FakeSlackAndAws()
    trusted = ssl.create_default_context(cadata=fakes.ca.cert_pem.bytes().decode())

    def ask(url: str, headers: dict[str, str] | None = None, data: bytes | None = None) -> int:
        request = urllib.request.Request(url, data, headers or {})
        with urllib.request.urlopen(request, context=trusted) as answer:
            return int(answer.status)

    decrypt = {"X-Amz-Target": "TrentService.Decrypt"}
    assert ask(f"{fakes.api_url}auth.test", data=b"") == 200
    assert ask(f"{fakes.url}/2015-03-31/functions/f/invocations", data=b"{}") == 202
    assert ask(f"{fakes.url}/", decrypt, b'{"CiphertextBlob": ""}') == 200
    assert ask(f"{fakes.url}/bucket/1.1/none-T1/bot-latest") == 200
    assert fakes.take_calls() == Counter(
        ["slack:auth.test", "lambda:InvokeFunction", "kms:Decrypt", "s3:GetObject"]
    )
    assert not fakes.take_calls()
    fakes.close()


def test_where_no_cgroup_may_be_written_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench.cpu_quota, "ROOTS", (str(tmp_path / "nowhere"), str(tmp_path)))
    with pytest.raises(NoCpuQuota, match="root"), cpu_quota(256):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        (("cpu.max", "cpu.weight"), {"cpu.max": "2894 20000"}),
        (
            ("cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.shares"),
            {"cpu.cfs_period_us": "20000", "cpu.cfs_quota_us": "2894"},
        ),
    ],
)
def test_a_quota_is_a_share_of_each_period_in_either_kind_of_cgroup(
    tmp_path: Path, files: tuple[str, ...], limit: dict[str, str]
) -> None:
    for name in files:
        (tmp_path / name).touch()
    bench.cpu_quota.CpuQuota(tmp_path, 256)
    assert {name: (tmp_path / name).read_text() for name in limit} == limit
