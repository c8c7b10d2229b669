"""A Slack that knows every method, and hands out tokens that can be recognised."""

from __future__ import annotations

from tests.fake_slack import ANN, TEAM, Arguments, FakeSlack, Fault
from tests.leaks.channels import TRAVELS, Channels

# What a form holds comes back with it: its way back to who asked, too.
VIEWS = ("views.open", "views.push", "views.update")


class WatchedSlack(FakeSlack):
    """It takes any token. What it is sent is a channel, but for the exchange that secrets are for."""

    def __init__(self, channels: Channels) -> None:
        super().__init__()
        self._channels = channels
        self._tokens = 0
        make = channels.planted.make
        self.installed |= {
            "access_token": make("bot token", "xoxb-1-"),
            "authed_user": {"id": ANN, "access_token": make("user token", "xoxp-1-"), "scope": "search:read"},
            "incoming_webhook": {
                "url": make("webhook", "https://hooks.slack.com/services/T1/B1/"),
                "configuration_url": make("webhook's page", "https://harbour.slack.com/services/B1/"),
                "channel": "#general",
                "channel_id": "C1",
            },
        }

    def rotate(self) -> None:
        """From now on tokens end in half a day, or in the seconds given."""
        make = self._channels.planted.make
        self.installed |= {
            "access_token": make("rotating bot token", "xoxe.xoxb-1-"),
            "refresh_token": make("refresh token", "xoxe-1-"),
            "expires_in": 43_200,
        }
        user = {"refresh_token": make("user refresh token", "xoxe-1-"), "expires_in": 43_200}
        self.installed["authed_user"] |= user
        self.refresh_tokens[self.installed["refresh_token"]] = "bot"
        self.refresh_tokens[user["refresh_token"]] = "user"

    def answer(self, method: str, arguments: Arguments) -> Fault:
        if method != "oauth.v2.access" and not method.startswith("/"):
            but = TRAVELS if method in VIEWS else ()
            self._channels.take("slack", str(arguments), what=method, but=but)
        if self.faults[method]:
            self.calls.append((method, arguments))
            return self.faults[method].popleft()
        if hasattr(self, "_" + method.replace(".", "_")):
            return super().answer(method, arguments)
        self.calls.append((method, arguments))
        channel: object = arguments.get("channel", "D1")
        if method.startswith("conversations."):
            channel = {"id": channel}
        view = {"id": "V1", "hash": "1"}
        return Fault(200, {"ok": True, "ts": "1.2", "channel": channel, "view": view, "team": {"id": TEAM}})

    def _oauth_v2_access(self, arguments: Arguments) -> Fault:
        if "code" in arguments:
            return super()._oauth_v2_access(arguments)
        kind = self.refresh_tokens.pop(arguments["refresh_token"], None)
        if kind is None:
            return Fault(200, {"ok": False, "error": "invalid_refresh_token"})
        self._tokens += 1
        make, number = self._channels.planted.make, self._tokens
        token = make(f"renewed token {number}", f"xoxe.xox{'b' if kind == 'bot' else 'p'}-1-")
        refresh = make(f"renewed refresh token {number}", "xoxe-1-")
        self.refresh_tokens[refresh] = kind
        body = {"token_type": kind, "access_token": token, "refresh_token": refresh, "expires_in": 43_200}
        return Fault(200, {"ok": True, **body})
