"""`make invoke STAGE=…`: sends the deployed function a signed command, and says how it answered and how fast.

By default it asks for a job that does not exist, which starts no work and bothers nobody. Typing what it says to
Slack needs the signing secret, so who calls it must be allowed to decrypt with the stage's key.
"""

import argparse
import hashlib
import hmac
import http.client
import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from ops.console import paint, say, say_rows
from ops.info import outputs_of, url_of
from ops.secrets import unseal
from ops.stage import Stop, Target, run, stage_parser, target_of

SLACKS_PATIENCE = 3.0  # seconds
NO_SUCH_JOB = "is-anybody-there"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    seconds: float


def sign(body: str, secret: str, now: float) -> dict[str, str]:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    at = str(int(now))
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}


def command_body(options: argparse.Namespace, secrets: Mapping[str, str], suffix: str) -> str:
    return urlencode(
        {
            "command": f"/run{suffix}",
            "text": options.text,
            "team_id": options.team or secrets.get("SLACK_TEAM_ID", ""),
            "user_id": options.user or secrets.get("SLACK_BOT_USER_ID", ""),
            "channel_id": options.channel or "",
            "trigger_id": f"invoke.{uuid.uuid4().hex}",
            "response_url": "https://hooks.slack.com/commands/errand/invoke",
            "is_enterprise_install": "false",
        }
    )


def post(url: str, body: str, headers: Mapping[str, str]) -> Answer:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=35)
    begun = time.monotonic()
    try:
        connection.request("POST", parts.path, body, dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise Stop(f"{url} cannot be reached: {error}.") from None
    finally:
        connection.close()
    return Answer(answer.status, text, time.monotonic() - begun)


def send(target: Target, options: argparse.Namespace) -> Answer:
    url = url_of(target, outputs_of(target))
    secrets = unseal(target)
    body = command_body(options, secrets, target.stage.suffix)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return post(
        f"{url}/slack/events", body, headers | sign(body, secrets["SLACK_SIGNING_SECRET"], time.time())
    )


def say_answer(answer: Answer) -> None:
    in_time = answer.seconds < SLACKS_PATIENCE
    say_rows(
        {
            "Status": paint(str(answer.status), "green" if answer.status == 200 else "red"),
            "Time": f"{answer.seconds * 1000:.0f} ms" + ("" if in_time else ", too late for Slack (3 s)"),
            "Answer": pretty(answer.text),
        }
    )
    say()


def pretty(text: str) -> str:
    try:
        parsed = json.loads(text)
    except ValueError:
        return text or "(empty: work has begun)"
    return str(parsed.get("text") or text) if isinstance(parsed, dict) else text


def main(arguments: Sequence[str] | None = None) -> None:
    parser = stage_parser("ops.invoke", __doc__)
    parser.add_argument(
        "--text", default=NO_SUCH_JOB, help="behind /run (default: %(default)s, no job's name)"
    )
    for name in ("team", "user", "channel"):
        parser.add_argument(f"--{name}", help=f"a {name}'s id, for a command that starts work")
    options = parser.parse_args(arguments)
    answer = send(target_of(options), options)
    say_answer(answer)
    if answer.status != 200:
        raise Stop(f"It did not answer as it should. `make logs STAGE={options.stage}` says more.")


if __name__ == "__main__":
    run(main)
