"""Installing the app as a browser and an app do it: the consent page's form, and the exchange of its code."""

from __future__ import annotations

import base64
import copy
import http.client
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.simulator.office import MANIFEST, Answer, Json, Office

CALLBACK = "http://127.0.0.1:9/slack/oauth_redirect"
SCOPES = "chat:write,commands"


def manifest_of(*, rotation: bool = False, **oauth: Any) -> Json:
    manifest = copy.deepcopy(MANIFEST)
    manifest["oauth_config"] |= {"redirect_urls": [CALLBACK], **oauth}
    manifest["oauth_config"]["scopes"]["bot"] = [
        *MANIFEST["oauth_config"]["scopes"]["bot"],
        "incoming-webhook",
    ]
    manifest["oauth_config"]["scopes"]["user"] = ["users:read", "chat:write"]
    manifest["settings"]["token_rotation_enabled"] = rotation
    manifest["settings"]["event_subscriptions"]["bot_events"] = [
        "app_home_opened",
        "app_uninstalled",
        "tokens_revoked",
    ]
    return manifest


@dataclass(frozen=True)
class Install:
    """An app that asks to be installed in this office."""

    office: Office

    def ask(self, **fields: str) -> dict[str, str]:
        """What the app's install page leads to."""
        known = {"client_id": self.office.first_line["client_id"], "scope": SCOPES, "state": "s 1&2"}
        return {name: value for name, value in (known | {"redirect_uri": CALLBACK} | fields).items() if value}

    def page(self, **fields: str) -> Answer:
        return self.office.get("/oauth/v2/authorize", **self.ask(**fields))

    def send(
        self, *, origin: str | None = "", person: str = "ann", decision: str = "allow", **fields: str
    ) -> Answer:
        """The page's form, with the page's own Origin unless another is given."""
        form = self.ask(**fields) | {"user": self.office.person(person), "decision": decision}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.office.url}
        if origin is None:
            del headers["Origin"]
        elif origin:
            headers["Origin"] = origin
        connection = http.client.HTTPConnection(urlsplit(self.office.url).netloc)  # follows no redirect
        connection.request("POST", "/oauth/v2/authorize", urlencode(form), headers)
        answer = connection.getresponse()
        try:
            return Answer(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()

    def code(self, **fields: str) -> str:
        answer = self.send(**fields)
        assert answer.status == 302, answer.raw
        return query_of(answer)["code"]

    def exchange(self, *, basic: bool = True, **args: str) -> Answer:
        line = self.office.first_line
        client = {"client_id": line["client_id"], "client_secret": line["client_secret"]}
        client |= {name: args.pop(name) for name in client if name in args}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if basic:
            pair = f"{client['client_id']}:{client['client_secret']}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            args |= client
        return self.office.request("/api/oauth.v2.access", urlencode(args).encode(), headers=headers)

    def install(self, **fields: str) -> Answer:
        answer = self.exchange(code=self.code(**fields), redirect_uri=CALLBACK)
        assert answer["ok"], answer.raw
        return answer

    def refresh(self, token: str) -> Answer:
        return self.exchange(grant_type="refresh_token", refresh_token=token)

    def remove(self, person: str = "ann", **fields: str) -> Answer:
        return self.office.post("/sim/installation/remove", user=self.office.person(person), **fields)

    def state(self) -> Json:
        return self.office.get("/sim/installation").body

    def error_of(self, token: str, method: str = "auth.test") -> str | None:
        return self.office.api(method, token=token).error


def query_of(answer: Answer) -> dict[str, str]:
    return {name: each[0] for name, each in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def error_shown(answer: Answer) -> str:
    found = re.search(r'data-error="(\w+)"', answer.raw.decode())
    assert found, answer.raw
    return found[1]
