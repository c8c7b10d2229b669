"""The install flow: Bolt's own, with its checks and its code exchange, our pages, and an answer to whatever may fail.

An app holds one from its start, and many an execution environment never shows a page: nothing is opened, read or
imported for them before the first request.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from collections.abc import Callable, Collection, Sequence
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

from slack_bolt import BoltRequest, BoltResponse
from slack_bolt.oauth import OAuthFlow
from slack_bolt.oauth.callback_options import CallbackOptions, FailureArgs, SuccessArgs
from slack_bolt.oauth.oauth_settings import OAuthSettings
from slack_sdk.oauth import InstallationStore, OAuthStateStore, OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation

from oauth.facts import Facts
from oauth.failure import InstallFailed, Kind
from oauth.state import SignedStateStore, Verdict

log = logging.getLogger("errand.oauth")

INSTALL_PATH, CALLBACK_PATH = "/slack/install", "/slack/oauth_redirect"
STATE_COOKIE, DONE_COOKIE = "errand-oauth-state", "errand-oauth-done"
# Seconds in which whoever reloads the success page sees it again: a browser opens its tabs anew after days, too.
DONE_FOR = 7 * 24 * 3600

TEAM = re.compile(r"[TE][A-Z0-9]{1,30}", re.ASCII)
A_REASON = re.compile(r"[a-z_]{1,60}", re.ASCII)
DONE = re.compile(r"([0-9a-f]{32})\.(A[A-Z0-9]{1,30})\.([TE][A-Z0-9]{1,30})", re.ASCII)

OF_VERDICT = {
    Verdict.UNKNOWN: Kind.STATE_UNKNOWN,
    Verdict.EXPIRED: Kind.STATE_EXPIRED,
    Verdict.USED: Kind.STATE_USED,
}


class InstallFlow(OAuthFlow):
    """`open_state` and `open_store` give the stores, and `read_facts` what the pages say, at their first use.

    `allowed` are ids of teams or enterprises; none: any. `is_https`: whether browsers reach it by HTTPS.
    `redirect_uri` is needed only by an app that Slack may lead back to several addresses; it is never made from what
    a request says of its host. `on_installed` hears of each install that was stored.
    """

    def __init__(
        self,
        *,
        client_id: str,
        client_secret: str,
        api_url: str,
        open_state: Callable[[], SignedStateStore],
        open_store: Callable[[], InstallationStore],
        read_facts: Callable[[], Facts],
        allowed: Collection[str] = (),
        is_https: bool = True,
        redirect_uri: str = "",
        on_installed: Callable[[Installation], None] = lambda installation: None,
    ) -> None:
        self._read_facts = read_facts
        self._open_state = open_state
        self._allowed = frozenset(allowed)
        self._is_https = is_https
        self._on_installed = on_installed
        self._api_url = api_url
        self._origin = _origin(api_url)
        settings = OAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=[],  # of no use to Bolt: build_authorize_url is ours
            user_scopes=[],
            install_path=INSTALL_PATH,
            redirect_uri_path=CALLBACK_PATH,
            callback_options=CallbackOptions(success=self._succeed, failure=_fail),
            installation_store=_StoreAtFirstUse(open_store),
            state_store=_JudgingStateStore(open_state),
        )
        settings.redirect_uri = redirect_uri or None  # Bolt would look into the environment for one
        settings.state_utils = _StateCookie(is_secure=is_https)
        super().__init__(settings=settings, logger=log)

    @property
    def client(self) -> Any:
        from oauth.exchange import ExchangeClient

        return ExchangeClient(base_url=self._api_url)

    def handle_installation(self, request: BoltRequest) -> BoltResponse:
        try:
            return self._framed(super().handle_installation(request))
        except Exception as error:
            return self._failed(request, error)

    def handle_callback(self, request: BoltRequest) -> BoltResponse:
        """Whatever happens, it returns a page that a person can do something with."""
        try:
            if done := self._done_before(request):
                return done
            return self._framed(super().handle_callback(request))
        except Exception as error:
            return self._failed(request, error)

    # What Bolt's flow calls on the way to the install page

    def build_authorize_url(self, state: str, request: BoltRequest) -> str:
        facts = self._read_facts()
        asked = {
            "client_id": self.client_id,
            "scope": ",".join(facts.scopes),
            "user_scope": ",".join(facts.user_scopes),
            "state": state,
            "redirect_uri": self.redirect_uri or "",
            "team": _given(request, "team", TEAM),
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{self._origin}/oauth/v2/authorize?{query}"

    def build_install_page_html(self, url: str, request: BoltRequest) -> str:
        from oauth.pages.install import build_install_page

        return build_install_page(self._read_facts(), url)

    # … and on the way back from Slack

    def run_installation(self, code: str) -> Installation:
        """Bolt's, whose client raises InstallFailed where Bolt would log the code and go on without."""
        installation = super().run_installation(code)
        if installation is None or not installation.bot_token or not installation.user_id:
            raise InstallFailed(Kind.SLACK_REFUSED, "no token of a bot")
        return installation

    def store_installation(self, request: BoltRequest, installation: Installation) -> None:
        if self._allowed and self._allowed.isdisjoint({installation.team_id, installation.enterprise_id}):
            self._hand_back(installation)
        try:
            self.settings.installation_store.save(installation)
        except Exception as error:
            raise InstallFailed(Kind.NOT_STORED, type(error).__name__) from error
        self._on_installed(installation)

    def _hand_back(self, installation: Installation) -> NoReturn:
        """Raises InstallFailed."""
        kind, detail = Kind.NOT_ALLOWED, _place(installation)
        for token in filter(None, (installation.bot_token, installation.user_token)):
            try:
                self.client.auth_revoke(token=token)
            except InstallFailed as error:
                kind, detail = Kind.NOT_ALLOWED_NOR_REVOKED, f"{detail}; {error.detail}"
        raise InstallFailed(kind, detail)

    def _succeed(self, given: SuccessArgs) -> BoltResponse:
        installation = given.installation
        log.info("Installed in %s by user %s", _place(installation), installation.user_id)
        response = self._installed_page(
            app_id=installation.app_id or "",
            team_id=installation.team_id or "",
            workspace=installation.team_name or installation.enterprise_name or "",
            is_org_wide=bool(installation.is_enterprise_install),
        )
        where = installation.enterprise_id if installation.is_enterprise_install else installation.team_id
        done = f"{_digest(_given(given.request, 'state'))}.{installation.app_id}.{where}"
        set_cookies = [self.settings.state_utils.build_set_cookie_for_deletion()]
        if DONE.fullmatch(done):
            set_cookies.append(_cookie(DONE_COOKIE, done, DONE_FOR, is_secure=self._is_https))
        response.headers["set-cookie"] = set_cookies
        return response

    def _done_before(self, request: BoltRequest) -> BoltResponse | None:
        """The success page for whoever reloads it: this browser has been here with this very state, and succeeded."""
        done = DONE.fullmatch(_cookie_of(request, DONE_COOKIE))
        state = _given(request, "state")
        if not (done and state and secrets.compare_digest(done[1], _digest(state))):
            return None
        is_org_wide = done[3].startswith("E")
        team_id = "" if is_org_wide else done[3]
        return self._framed(self._installed_page(app_id=done[2], team_id=team_id, is_org_wide=is_org_wide))

    def _installed_page(
        self, *, app_id: str, team_id: str, workspace: str = "", is_org_wide: bool = False
    ) -> BoltResponse:
        from oauth.pages.installed import build_installed_page

        there = {name: value for name, value in {"app": app_id, "team": team_id}.items() if value}
        body = build_installed_page(
            self._read_facts(),
            workspace=workspace,
            open_url=f"{self._origin}/app_redirect?{urlencode(there)}",
            is_org_wide=is_org_wide,
        )
        return BoltResponse(status=200, body=body)

    def _failed(self, request: BoltRequest, error: Exception) -> BoltResponse:
        from oauth.pages.failed import build_failed_page

        kind = self._kind_of(request, error)
        reference = "E-" + secrets.token_hex(4).upper()
        self._log_failure(request, error, kind, reference)
        body = build_failed_page(self._name(), kind.value, reference=reference)
        response = self._framed(BoltResponse(status=kind.value.status, body=body))
        if kind is Kind.SLACK_BUSY:
            response.headers["retry-after"] = ["60"]
        if self._is_of_this_browser(request):
            response.headers["set-cookie"] = [self.settings.state_utils.build_set_cookie_for_deletion()]
        return response

    def _kind_of(self, request: BoltRequest, error: Exception) -> Kind:
        if not isinstance(error, InstallFailed):
            return Kind.UNFORESEEN
        if error.kind is not Kind.OTHER_BROWSER:
            return error.kind
        # Cookies end with the state that is in them: whoever was slow comes without one, and should be told why.
        try:
            verdict = self._open_state().glance(_given(request, "state"))
        except Exception:  # as of the name below: the page is shown whatever else fails
            return Kind.OTHER_BROWSER
        return OF_VERDICT.get(verdict, Kind.OTHER_BROWSER)

    def _log_failure(self, request: BoltRequest, error: Exception, kind: Kind, reference: str) -> None:
        detail = f": {error.detail}" if isinstance(error, InstallFailed) and error.detail else ""
        if kind.value.status < 500 and kind is not Kind.NOT_ALLOWED_NOR_REVOKED:
            log.warning("Install ended (reference %s) with %s%s", reference, kind.name, detail)
            return
        from oauth.redaction import redacted

        told = redacted(error, [*_secrets_of(request), self.settings.client_secret])
        log.error("Install failed (reference %s) with %s%s\n%s", reference, kind.name, detail, told)

    def _name(self) -> str:
        try:
            return self._read_facts().name
        except Exception:  # this page shows that something failed, and this may be what did
            return "the app"

    def _framed(self, response: BoltResponse) -> BoltResponse:
        from oauth.pages.page import headers

        response.headers.update(headers(is_https=self._is_https))
        return response

    def _is_of_this_browser(self, request: BoltRequest) -> bool:
        return bool(self.settings.state_utils.is_valid_browser(_given(request, "state"), request.headers))


class _StoreAtFirstUse(InstallationStore):
    """Bolt looks at the store when the flow is made. All that the flow does with it is to save what was installed."""

    def __init__(self, open_store: Callable[[], InstallationStore]) -> None:
        self._open = open_store

    def save(self, installation: Installation) -> None:
        self._open().save(installation)


class _JudgingStateStore(OAuthStateStore):
    """Raises InstallFailed with what is wrong, where Bolt asks only whether."""

    def __init__(self, open_state: Callable[[], SignedStateStore]) -> None:
        self._open = open_state

    def issue(self, *args: Any, **kwargs: Any) -> str:
        return self._open().issue()

    def consume(self, state: str) -> bool:
        verdict = self._open().judge(state)
        if verdict in OF_VERDICT:
            raise InstallFailed(OF_VERDICT[verdict])
        return True


class _StateCookie(OAuthStateUtils):
    """A browser sends it when Slack leads it back, and from no other site's requests but that."""

    def __init__(self, *, is_secure: bool) -> None:
        super().__init__(cookie_name=STATE_COOKIE)
        self._is_secure = is_secure

    def build_set_cookie_for_new_state(self, state: str) -> str:
        return _cookie(STATE_COOKIE, state, self.expiration_seconds, is_secure=self._is_secure)

    def build_set_cookie_for_deletion(self) -> str:
        return _cookie(STATE_COOKIE, "", 0, is_secure=self._is_secure)


def _fail(given: FailureArgs) -> NoReturn:
    """Bolt's reasons. What Slack says in `error` comes through the browser, so it is looked at but never repeated."""
    ours = {
        "access_denied": Kind.CANCELLED,
        "invalid_browser": Kind.OTHER_BROWSER if _given(given.request, "state") else Kind.STATE_MISSING,
        "missing_code": Kind.CODE_MISSING,
    }
    raise InstallFailed(ours.get(given.reason, Kind.NOT_BY_SLACK), _word(given.reason))


def _word(reason: str) -> str:
    return reason if A_REASON.fullmatch(reason) else "a reason that is none of Slack's"


def _cookie(name: str, value: str, seconds: int, *, is_secure: bool) -> str:
    """Over plain HTTP, on one's own machine, not every browser keeps a secure one."""
    secure = "; Secure" if is_secure else ""
    return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _cookie_of(request: BoltRequest, name: str) -> str:
    for header in request.headers.get("cookie", []):
        for cookie in header.split(";"):
            key, _, value = cookie.strip().partition("=")
            if key == name:
                return value
    return ""


def _given(request: BoltRequest, name: str, shape: re.Pattern[str] | None = None) -> str:
    """The first of that name in the query. Empty if there is none, or it has another shape."""
    value = str(next(iter(request.query.get(name, [])), ""))
    return value if not shape or shape.fullmatch(value) else ""


def _secrets_of(request: BoltRequest) -> Sequence[str]:
    return [value for name in ("code", "state") for value in request.query.get(name, [])]


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()[:32]


def _place(installation: Installation) -> str:
    return f"team {installation.team_id} of enterprise {installation.enterprise_id}"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
