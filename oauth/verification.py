"""Whether a request is Slack's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hmac import compare_digest
from typing import Any

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.middleware import RequestVerification


class SignatureCheck(RequestVerification):
    """Bolt's own check, before all else; and what kind of request this is, for whoever comes after.

    A lazy invocation is a request of Slack's that we sent on to ourselves. Lambda may deliver it hours later, so its
    signature is checked but not its age. That it is one is said by the event's own top level, which IAM guards.
    """

    def process(self, *, req: BoltRequest, resp: BoltResponse, next: Callable[[], Any]) -> BoltResponse:
        req.context["is_lazy"] = req.context.get("lambda_request", {}).get("kind") == "lazy"
        req.context["is_event"] = req.body.get("type") == "event_callback"
        if req.mode != "socket_mode" and not self._is_slacks(req):
            return self._build_error_response()
        if req.context.is_enterprise_install:
            req.context["team_id"] = _team_of(req.body, req.context.team_id, req.context.enterprise_id)
        passed_on: BoltResponse = next()
        return passed_on

    def _is_slacks(self, req: BoltRequest) -> bool:
        """Never raises: whoever sent it would be told what went wrong, at the address that they gave."""
        try:
            return self._is_signed(req)
        except ValueError:
            return False  # a number too long for int(), or characters that cannot be encoded

    def _is_signed(self, req: BoltRequest) -> bool:
        timestamp = req.headers.get("x-slack-request-timestamp", [""])[0]
        signature = req.headers.get("x-slack-signature", [""])[0]
        if not (timestamp.isascii() and timestamp.isdigit() and signature.isascii()):
            return False  # the SDK would raise
        if not req.context["is_lazy"]:
            return self.verifier.is_valid(req.raw_body, timestamp, signature)
        expected = self.verifier.generate_signature(timestamp=timestamp, body=req.raw_body)
        return compare_digest(expected or "", signature)


def _team_of(body: Mapping[str, Any], named: str | None, enterprise_id: str | None) -> str | None:
    """The workspace that a person is in. Where an organization has the app, Bolt finds none, or the organization.

    https://docs.slack.dev/enterprise/developing-for-enterprise-orgs
    """
    user = body.get("user")
    of_user = user.get("team_id") if isinstance(user, Mapping) else None
    found = (each for each in (named, body.get("team_id"), of_user) if each and each != enterprise_id)
    return next(found, None)
