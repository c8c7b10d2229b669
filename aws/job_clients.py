"""AWS for jobs: boto3's clients, whose errors are those of runs.errors. The team's own jobs have them as `run.aws`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, Final

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSOError,
    TokenRetrievalError,
)
from botocore.response import StreamingBody

from runs.errors import AwsRefused, AwsTimedOut, AwsUnreachable, Refused

# Before a byte of the request went out.
NEVER_SENT: Final = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
NOT_LOGGED_IN: Final = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)


def open_client(
    session: Callable[[], Session],
    service: str,
    *,
    region: str = "",
    timeout: float = 60.0,
    attempts: int = 5,
    endpoint: str | None = None,
    ca_bundle: str | None = None,
) -> Any:
    """Raises Refused where AWS cannot be asked at all."""
    with _told_apart(service):
        client = session().client(
            service,
            region_name=region or None,
            endpoint_url=endpoint,
            verify=ca_bundle,
            config=Config(
                connect_timeout=5,
                read_timeout=timeout,
                retries={"mode": "standard", "total_max_attempts": attempts},
                tcp_keepalive=True,  # a NAT gateway forgets a connection that is silent for 350 s
            ),
        )
    return _Told(client, service)


def local_clients() -> Callable[..., Any]:
    """As the environment says, read once. On Lambda it is AwsClients.for_jobs."""
    session, one_at_a_time = cache(Session), Lock()

    def open_one(service: str, **options: Any) -> Any:
        with one_at_a_time:  # which is all that a session can do
            return open_client(session, service, **options)

    return open_one


class _Told:
    """A client, or the body of its answer: each method is the real one's, but for what it raises."""

    def __init__(self, real: Any, service: str) -> None:
        self._real, self._service = real, service

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._real, name)
        if not callable(attribute):
            return attribute

        def call(*arguments: Any, **named: Any) -> Any:
            with _told_apart(f"{self._service} {name}"):
                answer = attribute(*arguments, **named)
            if not isinstance(answer, dict):
                return answer
            return {key: self._with_body(value) for key, value in answer.items()}

        return call

    def _with_body(self, value: Any) -> Any:
        return _Told(value, self._service) if isinstance(value, StreamingBody) else value


@contextmanager
def _told_apart(call: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        told = error.response.get("Error", {})
        raise AwsRefused(call, told.get("Code", "Unknown"), told.get("Message", "")) from error
    except NOT_LOGGED_IN as error:
        raise Refused(
            "There are no AWS credentials here that work. Log in (`aws sso login`), or set AWS_PROFILE in .env."
        ) from error
    except NoRegionError as error:
        raise Refused("No AWS region is chosen: set AWS_REGION in .env.") from error
    except ReadTimeoutError as error:
        raise AwsTimedOut(call, "no answer in time") from error
    except (ConnectionError, HTTPClientError, IncompleteReadError) as error:
        is_unsent = isinstance(error, NEVER_SENT)
        raise AwsUnreachable(call, type(error).__name__, is_unsent=is_unsent) from error
