"""boto3's clients, each made when it is first used: by lazy work, never by an ack."""

from __future__ import annotations

from functools import cached_property
from threading import RLock
from typing import Any

from settings import AwsSettings


class AwsClients:
    """For several threads at once, each of which gets the same client.

    A session makes one client at a time (https://boto3.amazonaws.com/v1/documentation/api/latest/guide/session.html),
    and `cached_property` has no lock since Python 3.12.
    """

    def __init__(self, aws: AwsSettings) -> None:
        self._aws = aws
        self._one_at_a_time = RLock()
        self._made: dict[str, Any] = {}

    @property
    def dynamodb(self) -> Any:
        return self._client("dynamodb")

    @property
    def sqs(self) -> Any:
        return self._client("sqs")

    def for_jobs(self, service: str, **options: Any) -> Any:
        """`run.aws` of jobs."""
        from aws.job_clients import open_client

        with self._one_at_a_time:
            return open_client(
                lambda: self._session,
                service,
                endpoint=self._aws.own_endpoint(service),
                ca_bundle=self._aws.ca_bundle,
                **options,
            )

    @cached_property
    def _session(self) -> Any:
        from boto3.session import Session

        # further clients of the same session are cheap
        return Session(
            aws_access_key_id=self._aws.access_key_id,
            aws_secret_access_key=self._aws.secret_access_key,
            aws_session_token=self._aws.session_token or None,
            region_name=self._aws.region,
        )

    def _client(self, service: str) -> Any:
        with self._one_at_a_time:
            if service not in self._made:
                self._made[service] = self._make(service)
            return self._made[service]

    def _make(self, service: str) -> Any:
        from botocore.config import Config

        client = self._session.client(
            service,
            endpoint_url=self._aws.own_endpoint(service),
            verify=self._aws.ca_bundle,
            config=Config(
                connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 5}
            ),
        )
        # botocore makes these classes when one is first asked for; two threads at once would make two of each, and what
        # one of them catches would never be raised.
        _ = client.exceptions
        return client
