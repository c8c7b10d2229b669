"""Signed calls to AWS with the standard library alone, for the ack path: boto3 would cost it a tenth of a second.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from aws.trust import AMAZON_ROOTS, Authorities, VouchedConnection
from settings import AwsSettings

ALGORITHM = "AWS4-HMAC-SHA256"

# Slack waits three seconds for an ack. The first try gets half of this: a connection that died while the environment
# was frozen may swallow a request without a word.
SECONDS = 2.0

WORTH_ANOTHER_TRY = frozenset({429, 500, 502, 503, 504})


class Answer(NamedTuple):
    status: int
    body: bytes
    error_type: str


class SignedClient:
    """One kept connection to one service. Not for several threads at once.

    Every call may reach AWS twice, so it must be one that does no harm when repeated.
    """

    def __init__(
        self,
        service: str,
        aws: AwsSettings,
        *,
        seconds: float | None = None,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._aws = aws
        self.seconds = SECONDS if seconds is None else seconds
        self._clock = clock
        self._monotonic = monotonic
        self._endpoint = urlsplit(aws.endpoint(service))
        # Not one of Amazon's in China, or behind a proxy: whom this machine trusts.
        self._authorities = Authorities(aws.ca_bundle) if aws.ca_bundle else Authorities(AMAZON_ROOTS, None)
        self._connection: HTTPConnection | None = None

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str], *, seconds: float | None = None
    ) -> Answer:
        """Raises OSError (a TimeoutError, mostly) or HTTPException if neither of two tries was answered in time.

        `seconds`: in the place of the client's own, for this call.
        """
        seconds = self.seconds if seconds is None else seconds
        until = self._monotonic() + seconds
        if self._connection and is_dropped(self._connection):
            self.close()
        try:
            answer = self._try(path, body, headers, until - seconds / 2)
            if answer.status not in WORTH_ANOTHER_TRY:
                return answer
        except (OSError, HTTPException):
            pass  # on a fresh connection, then
        self.close()
        return self._try(path, body, headers, until)

    def connect(self, seconds: float | None = None) -> HTTPConnection:
        """The kept connection, or a new one. During init, where time is cheap, this takes it off the first ack."""
        if self._connection is None:
            self._connection = self._connected(self.seconds if seconds is None else seconds)
        return self._connection

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _try(self, path: str, body: bytes, headers: Mapping[str, str], until: float) -> Answer:
        try:
            connection = self.connect(self._left(until))
            connection.sock.settimeout(self._left(until))
            signed = self._signed(path, body, headers)
            lines = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
            head = f"POST {path} HTTP/1.1\r\n{lines}content-length: {len(body)}\r\n\r\n"
            # In one piece, where http.client sends two, and so wakes the peer twice.
            connection.send(head.encode("latin-1") + body)
            return self._answer(connection)
        except BaseException:
            self.close()
            raise

    def _answer(self, connection: HTTPConnection) -> Answer:
        with HTTPResponse(connection.sock, method="POST") as response:
            response.begin()
            # Read to its end, or the connection could not be used again.
            answer = Answer(response.status, response.read(), response.headers.get("x-amzn-errortype", ""))
        if response.will_close:
            self.close()
        return answer

    def _left(self, until: float) -> float:
        return max(0.05, until - self._monotonic())  # 0 would mean not to wait at all

    def _signed(self, path: str, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
        return sign(
            aws=self._aws,
            service=self._service,
            host=self._endpoint.netloc,
            path=path,
            body=body,
            headers=headers,
            at=self._clock(),
        )

    def _connected(self, seconds: float) -> HTTPConnection:
        host, port = self._endpoint.hostname or "", self._endpoint.port
        if self._endpoint.scheme == "http":
            connection = HTTPConnection(host, port, timeout=seconds)
        else:
            connection = VouchedConnection(host, port, timeout=seconds, authorities=self._authorities)
        connection.connect()
        return connection


def sign(
    *,
    aws: AwsSettings,
    service: str,
    host: str,
    path: str,
    body: bytes,
    headers: Mapping[str, str],
    at: float,
) -> dict[str, str]:
    """The headers to send, with those that prove who sends them. `path` is as it goes over the wire."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    signed = {name.lower(): value for name, value in headers.items()} | {"host": host, "x-amz-date": moment}
    if aws.session_token:
        signed["x-amz-security-token"] = aws.session_token
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    # Every service but S3 wants the path encoded once more than it is sent.
    canonical = f"POST\n{quote(path, safe='/~')}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{aws.region}/{service}/aws4_request"
    to_sign = f"{ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(_key(aws.secret_access_key, scope), to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={aws.access_key_id}/{scope}"
    return {
        **signed,
        "authorization": f"{ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}",
    }


@lru_cache(maxsize=8)
def _key(secret_access_key: str, scope: str) -> bytes:
    """Of a day, a region and a service: an environment has the same for hours."""
    key = f"AWS4{secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def is_dropped(connection: HTTPConnection) -> bool:
    """Whether the other side closed it while it was idle; an idle connection has nothing to say but that."""
    try:
        connection.sock.settimeout(0)
        connection.sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False  # read at all, for TLS 1.3 may have sent session tickets, which are no news
    except OSError:
        return True
    return True
