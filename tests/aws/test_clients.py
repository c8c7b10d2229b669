"""boto3's clients, asked for by several threads at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aws.clients import AwsClients
from settings import AwsSettings

AWS = AwsSettings(region="eu-west-1", access_key_id="AKID", secret_access_key="secret")
THREADS = 16


def test_threads_that_ask_while_a_client_is_made_get_that_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clients, make = AwsClients(AWS), AwsClients._make
    got: list[Any] = []
    other = threading.Thread(target=lambda: got.append(clients.dynamodb))

    def make_slowly(self: AwsClients, service: str) -> Any:
        if other.ident is None:
            other.start()
            other.join(0.5)  # it has to wait, however long it is given here
        return make(self, service)

    monkeypatch.setattr(AwsClients, "_make", make_slowly)
    got.append(clients.dynamodb)
    other.join()
    assert got[0] is got[1]


def test_what_one_thread_catches_is_what_is_raised_in_another() -> None:
    clients, all_ready = AwsClients(AWS), threading.Barrier(THREADS)

    def ask(_: int) -> Any:
        all_ready.wait()
        return clients.dynamodb.exceptions.ConditionalCheckFailedException

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(ask, range(THREADS)))) == 1
