"""Two hundred commands of many people at once, to the deployed app: each is answered, and each is run once.

All two hundred have been sent before the first answer is waited for, and ministack takes all of them on. What it cannot
do on a few cores is to start two hundred environments, and so those that find none wait for one (waiting_ministack.py
says what would happen). AWS, which has more cores, lets no request wait: it starts environments up to the account's
limit, and refuses beyond it.
"""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.client import HTTPResponse
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.aws.function import signed
from tests.deploy.deployment import STACK, Deployment, a_deployment
from tests.deploy.packages import Package
from tests.workspace import Person

pytestmark = pytest.mark.timeout(900)  # a package is made first

COMMANDS = 200
ENVIRONMENTS = 6
PATIENCE = 300  # seconds until an answer comes; how fast it does is not what this is about


@pytest.fixture(scope="module")
def deployed(here: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    scratch = tmp_path_factory.mktemp("ministack")
    with a_deployment(here, scratch, environments=ENVIRONMENTS) as deployment:
        deployment.workspace.control("limits", enabled=False)
        yield deployment


@pytest.fixture(scope="module")
def people(deployed: Deployment) -> list[Person]:
    workspace = deployed.workspace
    guests = {user["id"] for user in workspace.info["users"] if user["is_guest"]}
    return [each for each in workspace.people.values() if each.id not in guests]


def command(deployed: Deployment, person: Person, number: int) -> bytes:
    """Each of other days than all others, and so with a file of another name."""
    workspace = deployed.workspace
    body = urlencode(
        {
            "command": "/run",
            "text": f"export-channel channel={workspace.channel_id('#support')} days={100 + number}",
            "team_id": workspace.info["team"]["id"],
            "user_id": person.id,
            "channel_id": workspace.channel_id("#general"),
            "trigger_id": f"{number}.{time.time_ns()}",
            "response_url": deployed.url,  # not one that Slack made, so nothing may be sent there
        }
    ).encode()
    headers = signed(workspace.credentials["signing_secret"], body, time.time())
    headers |= {"Host": urlsplit(deployed.url).netloc, "Content-Length": str(len(body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {urlsplit(deployed.events_url).path} HTTP/1.1\r\n{lines}\r\n".encode() + body


def answers_to(deployed: Deployment, requests: list[bytes]) -> list[tuple[int, str]]:
    """The last byte of each is kept back until all the others have been sent."""
    url = urlsplit(deployed.url)
    with ExitStack() as connections:
        sockets = [
            connections.enter_context(socket.create_connection((url.hostname, url.port), PATIENCE))
            for _ in requests
        ]
        for connection, request in zip(sockets, requests, strict=True):
            connection.sendall(request[:-1])
        for connection, request in zip(sockets, requests, strict=True):
            connection.sendall(request[-1:])
        return [answer_from(connection) for connection in sockets]


def answer_from(connection: socket.socket) -> tuple[int, str]:
    with HTTPResponse(connection) as answer:
        answer.begin()
        return answer.status, answer.read().decode()


def files_of(people: list[Person]) -> Counter[str]:
    """What Slack has been sent, which is no word of the app's own table."""
    return Counter(
        file["name"]
        for person in people
        for message in person.direct_messages()
        for file in message.get("files", [])
    )


def has_files(person: Person, count: int) -> bool:
    return files_of([person]).total() >= count


def runs(deployed: Deployment) -> list[dict[str, Any]]:
    """As the app's table has them."""
    pages = deployed.ministack.client("dynamodb").get_paginator("scan").paginate(TableName=STACK)
    items = [item for page in pages for item in page["Items"]]
    return [json.loads(item["record"]["S"]) for item in items if item["sk"]["S"] == "run"]


def wait_until_all_succeeded(deployed: Deployment) -> None:
    """What is written to the table last is no news of the workspace."""
    give_up = time.monotonic() + PATIENCE
    while (states := {run["state"] for run in runs(deployed)}) != {"succeeded"}:
        assert time.monotonic() < give_up, states


def test_two_hundred_commands_at_once_are_each_answered_and_each_run_once(
    deployed: Deployment, people: list[Person]
) -> None:
    requests = [command(deployed, people[number % len(people)], number) for number in range(COMMANDS)]
    answers = answers_to(deployed, requests)
    assert Counter(status for status, _ in answers) == {200: COMMANDS}
    assert all("Starting" in text for _, text in answers)
    share = Counter(people[number % len(people)].id for number in range(COMMANDS))
    # One person after the other: whatever happens in the workspace has this look again.
    for person in people:
        deployed.workspace.eventually(partial(has_files, person, share[person.id]))
    wait_until_all_succeeded(deployed)
    assert len(runs(deployed)) == COMMANDS
    sent = files_of(people)
    assert len(sent) == COMMANDS
    assert set(sent.values()) == {1}
