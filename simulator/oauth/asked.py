"""What an app asks for at `/oauth/v2/authorize`, checked as strictly as Slack checks it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from simulator.core import Simulator

IN_URLS = re.compile(r"[!-~]+")  # anything else would have to be escaped


class BadAsk(Exception):
    """Slack shows its error page and leads nowhere: an address that was not checked is not gone to."""

    def __init__(self, error: str, title: str, detail: str) -> None:
        super().__init__(error)
        self.error = error
        self.title = title
        self.detail = detail


@dataclass(frozen=True)
class Asked:
    """`redirect_uri` is as it was sent, perhaps empty; `target` is where the browser goes."""

    client_id: str
    scopes: tuple[str, ...]
    user_scopes: tuple[str, ...]
    redirect_uri: str
    target: str
    state: str
    team: str

    def back(self, **answer: str) -> str:
        """The app's address with the answer, and with the state it sent."""
        url = urlsplit(self.target)
        query = [*parse_qsl(url.query, keep_blank_values=True), *answer.items(), ("state", self.state)]
        return urlunsplit(url._replace(query=urlencode(query)))

    def fields(self) -> dict[str, str]:
        """To ask the same again."""
        return {
            "client_id": self.client_id,
            "scope": ",".join(self.scopes),
            "user_scope": ",".join(self.user_scopes),
            "redirect_uri": self.redirect_uri,
            "state": self.state,
            "team": self.team,
        }


def read_asked(sim: Simulator, fields: Mapping[str, str]) -> Asked:
    """Raises BadAsk."""
    if fields.get("client_id", "") != sim.workspace.credentials.client_id:
        raise BadAsk("invalid_client_id", "Invalid client_id parameter", "No app has this client_id.")
    redirect_uri = fields.get("redirect_uri", "")
    target = _target(sim, redirect_uri)
    if fields.get("team", "") not in ("", sim.workspace.team_id):
        detail = "The app asks to be installed in another workspace than this one."
        raise BadAsk("invalid_team", "You are not in this workspace", detail)
    scopes, user_scopes = _split(fields.get("scope", "")), _split(fields.get("user_scope", ""))
    _check_scopes(sim, scopes, user_scopes)
    return Asked(
        client_id=fields["client_id"],
        scopes=scopes,
        user_scopes=user_scopes,
        redirect_uri=redirect_uri,
        target=target,
        state=fields.get("state", ""),
        team=fields.get("team", ""),
    )


def _target(sim: Simulator, redirect_uri: str) -> str:
    """The first of the configured URLs if none was sent. One that was sent lies at or under one of them."""
    configured = (*sim.manifest.redirect_urls, *sim.redirect_urls)
    target = redirect_uri or "".join(configured[:1])
    if not any(_is_under(target, each) for each in configured):
        title = "redirect_uri did not match any configured URIs"
        raise BadAsk("bad_redirect_uri", title, f"Passed URI: {redirect_uri or '(none)'}")
    return target


def _is_under(redirect_uri: str, configured: str) -> bool:
    """The same scheme, host and port; the same path or one below it."""
    if not IN_URLS.fullmatch(redirect_uri):
        return False
    try:
        sent, known = urlsplit(redirect_uri), urlsplit(configured)
    except ValueError:
        return False
    if (sent.scheme, sent.netloc) != (known.scheme, known.netloc) or sent.fragment:
        return False
    if any(part in (".", "..") for part in sent.path.lower().replace("%2e", ".").split("/")):
        return False
    return sent.path == known.path or sent.path.startswith(known.path.rstrip("/") + "/")


def _check_scopes(sim: Simulator, scopes: tuple[str, ...], user_scopes: tuple[str, ...]) -> None:
    title = "Invalid permissions requested"
    if not scopes and not user_scopes:
        raise BadAsk("invalid_scope", title, "Requested scopes cannot be blank")
    known, known_of_users = set(sim.manifest.scopes), set(sim.manifest.user_scopes)
    wrong = [each for each in scopes if each not in known]
    wrong += [f"{each} (of a user)" for each in user_scopes if each not in known_of_users]
    if wrong:
        raise BadAsk("invalid_scope", title, f"The app’s manifest does not ask for: {', '.join(wrong)}")


def _split(scopes: str) -> tuple[str, ...]:
    """Commas as Slack has it, or spaces as the RFC has it."""
    return tuple(dict.fromkeys(each for each in scopes.replace(",", " ").split() if each))
