"""boto3's clients, each made when it is first used: by lazy work, never by an ack."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from settings import AwsSettings


class AwsClients:
    def __init__(self, aws: AwsSettings) -> None:
        self._aws = aws

    @cached_property
    def dynamodb(self) -> Any:
        return self._make("dynamodb")

    @cached_property
    def sqs(self) -> Any:
        return self._make("sqs")

    def for_jobs(self, service: str, **options: Any) -> Any:
        """`run.aws` of jobs."""
        from aws.job_clients import open_client

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

    def _make(self, service: str) -> Any:
        from botocore.config import Config

        return self._session.client(
            service,
            endpoint_url=self._aws.own_endpoint(service),
            verify=self._aws.ca_bundle,
            config=Config(
                connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 5}
            ),
        )
