"""A Slack client that finds its token when it needs one, and says so when Slack will not have it any more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from oauth.bots import DEAD_TOKEN, DOUBTED, Bots, token_of


@dataclass(frozen=True)
class Workspace:
    """As a request names it. An org-wide installation serves many."""

    team_id: str | None
    enterprise_id: str | None
    is_enterprise_install: bool | None = None


class BotClient(WebClient):
    """`may_wait`: see Bots.find. With an org-wide token, some methods have to be told the team."""

    def __init__(
        self, bots: Bots, of: Workspace, *, token: str | None = None, may_wait: bool = False, **options: Any
    ) -> None:
        super().__init__(token, team_id=of.team_id if of.enterprise_id else None, **options)
        self._bots = bots
        self._of = of
        self._may_wait = may_wait

    def find_token(self) -> str:
        """Raises NotAuthorized."""
        return token_of(
            self._bots,
            self._of.team_id,
            self._of.enterprise_id,
            is_enterprise_install=self._of.is_enterprise_install,
            may_wait=self._may_wait,
        )

    def api_call(self, api_method: str, **arguments: Any) -> Any:
        """Raises NotAuthorized besides all that WebClient does."""
        if _names_its_token(arguments):
            return super().api_call(api_method, **arguments)  # another one, which is not ours to judge
        if self.token is None:
            self.token = self.find_token()
        try:
            return super().api_call(api_method, **arguments)
        except SlackApiError as error:
            code = error.response.get("error")
            if code not in DEAD_TOKEN and code != DOUBTED:
                raise
            another = self._another(self.token, is_dead=code in DEAD_TOKEN)
            if another is None:
                raise
            self.token = another
        return super().api_call(api_method, **arguments)

    def _another(self, token: str, *, is_dead: bool) -> str | None:
        return self._bots.refused(
            token,
            team_id=self._of.team_id,
            enterprise_id=self._of.enterprise_id,
            is_enterprise_install=self._of.is_enterprise_install,
            is_dead=is_dead,
        )


def _names_its_token(arguments: dict[str, Any]) -> bool:
    return any((arguments.get(place) or {}).get("token") for place in ("params", "data", "json"))
