"""A token that expires is renewed once, however many want it, and is never let go of while it is good."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.oauth.installation_store import Bot, FileInstallationStore, Installation

from oauth.bot_client import BotClient, Workspace
from oauth.bots import NotInstalled
from oauth.installed_bots import InstalledBots
from oauth.leases import LocalLeases
from oauth.local_store import LocalInstallationStore
from oauth.rotation import AHEAD, LEASE, RenewalFailed, RenewalRefused, Rotation
from tests.fake_slack import RATE_LIMITED, TEAM, FakeSlack, Fault, fake_slack, refused
from tests.oauth.records import an_installation

NOW = 1_000_000.0
TWELVE_HOURS = 12 * 3600
DOWN = Fault(503, {})


class Store(LocalInstallationStore):
    """Fails to save, where a test wants it to."""

    def __init__(self, database: Path) -> None:
        super().__init__(database, "1.2")
        self.failures = 0

    def replace_bot(self, before: Bot, bot: Bot) -> bool:
        if self.failures:
            self.failures -= 1
            raise OSError("throttled")
        return super().replace_bot(before, bot)


@dataclass
class Rotating:
    """A workspace whose token ends some seconds from now."""

    slack: FakeSlack
    store: Store
    leases: LocalLeases = field(default_factory=LocalLeases)
    now: float = NOW
    slept: list[float] = field(default_factory=list)
    on_sleep: Callable[[], None] = lambda: None

    def install(self, *, ends_in: float, **changed: Any) -> Bot:
        given = {
            "bot_token": "xoxe.xoxb-first",
            "bot_refresh_token": "xoxe-first",
            "bot_token_expires_at": int(self.now + ends_in),
            **changed,
        }
        self.slack.refresh_tokens[given["bot_refresh_token"]] = "bot"
        self.store.save(an_installation(**given))
        return self.stored()

    def stored(self) -> Bot:
        bot = self.store.find_bot(enterprise_id=None, team_id=TEAM)
        assert bot
        return bot

    def rotation(self, *, sleep: Callable[[float], None] | None = None) -> Rotation:
        return Rotation(
            lambda: self.store,
            lambda: self.leases,
            api_url=f"{self.slack.url}/api/",
            client_id="1.2",
            client_secret="hush",
            clock=lambda: self.now,
            sleep=sleep or self._sleep,
        )

    def asked(self) -> int:
        return len(self.slack.called("oauth.v2.access"))

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()


@pytest.fixture
def rotating(tmp_path: Path) -> Iterator[Rotating]:
    with fake_slack() as slack:
        yield Rotating(slack, Store(tmp_path / "installations.sqlite3"))


def test_a_token_that_does_not_expire_is_left_alone(rotating: Rotating) -> None:
    rotating.store.save(an_installation())
    bot = rotating.stored()
    assert rotating.rotation().current(bot, may_wait=True) is bot


@pytest.mark.parametrize(
    ("ends_in", "may_wait", "is_renewed"),
    [
        (AHEAD + 1, True, False),
        (AHEAD - 1, True, True),
        (1, False, False),
        (0, False, True),
        (-9_999, True, True),
    ],
)
def test_it_is_renewed_ahead_by_who_has_time_and_in_an_ack_only_when_it_has_ended(
    rotating: Rotating, ends_in: float, may_wait: bool, is_renewed: bool
) -> None:
    bot = rotating.install(ends_in=ends_in)
    current = rotating.rotation().current(bot, may_wait=may_wait)
    assert rotating.asked() == is_renewed
    assert (current.bot_token == "xoxe.xoxb-1-1") is is_renewed
    assert rotating.stored().bot_token == current.bot_token


def test_what_is_renewed_says_so_in_every_record(rotating: Rotating) -> None:
    rotating.install(ends_in=AHEAD + 100)
    bot = rotating.install(ends_in=0, user_id="U0BOB", user_token="xoxp-bobs")
    rotating.rotation().current(bot, may_wait=True)
    for user_id in (None, "U0ANN", "U0BOB"):
        found = rotating.store.find_installation(enterprise_id=None, team_id=TEAM, user_id=user_id)
        assert found
        assert (found.bot_token, found.bot_refresh_token) == ("xoxe.xoxb-1-1", "xoxe-1-1")
        assert found.bot_token_expires_at == NOW + TWELVE_HOURS
    bobs = rotating.store.find_installation(enterprise_id=None, team_id=TEAM, user_id="U0BOB")
    assert bobs
    assert bobs.user_token == "xoxp-bobs"
    assert rotating.stored().bot_token_expires_at == NOW + TWELVE_HOURS


def test_twenty_at_once_renew_it_once_and_all_end_with_the_new_one(rotating: Rotating) -> None:
    bot = rotating.install(ends_in=60)
    together = threading.Barrier(20)

    def renew(_: int) -> str:
        rotation = rotating.rotation(sleep=threading.Event().wait)
        together.wait()
        return rotation.current(bot, may_wait=True).bot_token

    with ThreadPoolExecutor(20) as executor:
        assert set(executor.map(renew, range(20))) == {"xoxe.xoxb-1-1"}
    assert rotating.asked() == 1


def test_who_comes_second_waits_for_the_first_and_takes_what_it_saved(rotating: Rotating) -> None:
    bot = rotating.install(ends_in=0)
    holder = rotating.leases.take(f"rotation##{TEAM}", LEASE)
    assert holder

    def the_first_is_done() -> None:
        rotating.install(ends_in=TWELVE_HOURS, bot_token="xoxe.xoxb-of-the-first")

    rotating.on_sleep = the_first_is_done
    assert rotating.rotation().current(bot, may_wait=True).bot_token == "xoxe.xoxb-of-the-first"
    assert rotating.asked() == 0


def test_nobody_waits_for_ever(rotating: Rotating) -> None:
    bot = rotating.install(ends_in=0)
    rotating.leases.take(f"rotation##{TEAM}", 10_000)
    with pytest.raises(RenewalFailed, match="somebody else"):
        rotating.rotation().current(bot, may_wait=False)
    assert sum(rotating.slept) < 2, "Slack waits three seconds for an ack"
    with pytest.raises(RenewalFailed):
        rotating.rotation().current(bot, may_wait=True)
    assert sum(rotating.slept) < LEASE


@pytest.mark.parametrize("fault", [DOWN, RATE_LIMITED, refused("internal_error"), Fault(drop=True)])
def test_while_slack_is_in_trouble_the_old_token_is_used_for_as_long_as_it_is_good(
    rotating: Rotating, fault: Fault
) -> None:
    bot = rotating.install(ends_in=60)
    rotation = rotating.rotation()
    rotating.slack.faults["oauth.v2.access"].extend([fault] * 9)
    for _ in range(3):
        assert rotation.current(bot, may_wait=True).bot_token == "xoxe.xoxb-first"
    assert rotating.asked() <= 2, (
        "it is not asked again with every request"
    )  # the SDK itself tries a dropped one again
    rotating.now += 61
    with pytest.raises(RenewalFailed):
        rotation.current(bot, may_wait=True)
    rotating.slack.faults.clear()
    assert rotation.current(bot, may_wait=True).bot_token.startswith("xoxe.xoxb-1-")


def test_a_refused_renewal_is_logged_and_the_old_token_used_until_its_end(
    rotating: Rotating, caplog: pytest.LogCaptureFixture
) -> None:
    bot = rotating.install(ends_in=60)
    rotating.slack.refresh_tokens.clear()
    rotation = rotating.rotation()
    assert rotation.current(bot, may_wait=True).bot_token == "xoxe.xoxb-first"
    assert f"Workspace {TEAM} has to install the app again" in caplog.text
    rotating.now += 60
    with pytest.raises(RenewalRefused, match="Ask an admin"):
        rotation.current(bot, may_wait=True)
    with pytest.raises(NotInstalled):
        rotation.current(bot, may_wait=True)
    assert "xoxe" not in caplog.text


@pytest.mark.parametrize("code", ["bad_client_secret", "invalid_client_id", "invalid_auth"])
def test_settings_that_slack_refuses_cost_nobody_their_installation(rotating: Rotating, code: str) -> None:
    bot = rotating.install(ends_in=0)
    rotating.slack.faults["oauth.v2.access"].append(refused(code))
    with pytest.raises(RenewalFailed, match=code):
        rotating.rotation().current(bot, may_wait=True)
    assert rotating.stored().bot_token == "xoxe.xoxb-first"


def test_a_refusal_because_of_an_installation_in_the_meantime_is_none(rotating: Rotating) -> None:
    bot = rotating.install(ends_in=0)
    rotating.slack.refresh_tokens.clear()

    def install(method: str) -> None:
        rotating.install(ends_in=TWELVE_HOURS, bot_token="xoxe.xoxb-new", bot_refresh_token="xoxe-new")

    rotating.slack.on_call = install
    assert rotating.rotation().current(bot, may_wait=True).bot_token == "xoxe.xoxb-new"
    assert rotating.stored().bot_token == "xoxe.xoxb-new"


def test_a_new_token_that_is_not_taken_at_once_is_saved_at_a_further_try(rotating: Rotating) -> None:
    bot = rotating.install(ends_in=0)
    rotating.store.failures = 1
    assert rotating.rotation().current(bot, may_wait=True).bot_token == "xoxe.xoxb-1-1"
    assert rotating.stored().bot_token == "xoxe.xoxb-1-1"


def test_a_new_token_that_cannot_be_saved_is_used_and_saved_the_next_time(
    rotating: Rotating, caplog: pytest.LogCaptureFixture
) -> None:
    bot = rotating.install(ends_in=0)
    rotating.store.failures = 4
    rotation = rotating.rotation()
    assert rotation.current(bot, may_wait=True).bot_token == "xoxe.xoxb-1-1"
    assert "could not be saved: OSError" in caplog.text
    assert rotating.stored().bot_token == "xoxe.xoxb-first"
    assert rotation.current(bot, may_wait=True).bot_token == "xoxe.xoxb-1-1"
    assert rotating.stored().bot_token == "xoxe.xoxb-1-1"
    assert rotating.asked() == 1


def test_who_died_with_the_new_token_leaves_a_clear_word(rotating: Rotating) -> None:
    bot = rotating.install(ends_in=0)
    rotating.slack.refresh_tokens.clear()  # it has been used, and nobody saved what came of it
    rotating.leases.take(f"rotation##{TEAM}", 0)
    with pytest.raises(RenewalRefused, match="install me"):
        rotating.rotation().current(bot, may_wait=True)


@pytest.mark.parametrize("token", [None, "xoxe.xoxb-installed-anew"])
def test_what_changes_while_slack_is_asked_is_not_undone(rotating: Rotating, token: str | None) -> None:
    bot = rotating.install(ends_in=0)

    def change(method: str) -> None:
        rotating.store.delete_all(enterprise_id=None, team_id=TEAM)
        if token:
            rotating.install(ends_in=TWELVE_HOURS, bot_token=token, bot_refresh_token="xoxe-anew")

    rotating.slack.on_call = change
    if token:
        assert rotating.rotation().current(bot, may_wait=True).bot_token == token
        assert rotating.stored().bot_token == token
    else:
        with pytest.raises(NotInstalled):
            rotating.rotation().current(bot, may_wait=True)
        assert rotating.store.find_bot(enterprise_id=None, team_id=TEAM) is None


def test_a_plain_store_of_the_sdks_is_told_in_all_its_records(rotating: Rotating, tmp_path: Path) -> None:
    rotating.install(ends_in=0)
    plain = FileInstallationStore(base_dir=str(tmp_path / "files"), client_id="1.2")
    plain.save(an_installation(bot_refresh_token="xoxe-first", bot_token_expires_at=int(NOW)))
    rotation = rotating.rotation()
    rotation._open_store = lambda: plain
    bot = plain.find_bot(enterprise_id=None, team_id=TEAM)
    assert bot
    assert rotation.current(bot, may_wait=True).bot_token == "xoxe.xoxb-1-1"
    installation = plain.find_installation(enterprise_id=None, team_id=TEAM)
    stored = plain.find_bot(enterprise_id=None, team_id=TEAM)
    assert installation
    assert stored
    assert installation.bot_token == stored.bot_token == "xoxe.xoxb-1-1"


def test_a_lease_is_let_go_of_when_slack_fails(rotating: Rotating) -> None:
    bot = rotating.install(ends_in=0)
    rotating.slack.faults["oauth.v2.access"].append(DOWN)
    with pytest.raises(RenewalFailed):
        rotating.rotation().current(bot, may_wait=True)
    assert rotating.leases.take(f"rotation##{TEAM}", LEASE)


def test_a_lease_that_cannot_be_let_go_of_costs_nobody_the_new_token(
    rotating: Rotating, caplog: pytest.LogCaptureFixture
) -> None:
    class Held(LocalLeases):
        def release(self, name: str, holder: str) -> None:
            raise OSError("throttled")

    rotating.leases = Held()
    bot = rotating.install(ends_in=0)
    assert rotating.rotation().current(bot, may_wait=True).bot_token == rotating.stored().bot_token
    assert rotating.stored().bot_token != bot.bot_token
    assert "was not let go of: OSError" in caplog.text


def test_a_workspace_that_left_in_the_meantime_is_not_brought_back(rotating: Rotating) -> None:
    bot = rotating.install(ends_in=0)
    rotating.store.delete_all(enterprise_id=None, team_id=TEAM)
    with pytest.raises(NotInstalled):
        rotating.rotation().current(bot, may_wait=True)
    assert rotating.asked() == 0


def test_all_near_their_end_are_renewed_whatever_happens_to_one(rotating: Rotating) -> None:
    bots = []
    for team in ("T1", "T2", "T3"):
        rotating.install(ends_in=0)
        rotating.install(ends_in=AHEAD - 1, team_id=team, bot_refresh_token=f"xoxe-{team}")
        bot = rotating.store.find_bot(enterprise_id=None, team_id=team)
        assert bot
        bots.append(bot)
    del rotating.slack.refresh_tokens["xoxe-T1"]
    rotating.store.delete_all(enterprise_id=None, team_id="T2")
    rotating.rotation().renew_all(bots)
    renewed = rotating.store.find_bot(enterprise_id=None, team_id="T3")
    assert renewed
    assert renewed.bot_token.startswith("xoxe.xoxb-1-")


def test_a_users_token_is_renewed_and_the_bots_stays(rotating: Rotating) -> None:
    rotating.install(
        ends_in=TWELVE_HOURS,
        user_token="xoxe.xoxp-first",
        user_refresh_token="xoxe-users",
        user_token_expires_at=int(NOW + 60),
    )
    rotating.slack.refresh_tokens["xoxe-users"] = "user"
    before = anns(rotating)
    renewed = rotating.rotation().current_user(before)
    assert renewed.user_token == "xoxe.xoxp-1-1"
    assert anns(rotating).user_token == "xoxe.xoxp-1-1"
    assert anns(rotating).user_token_expires_at == NOW + TWELVE_HOURS
    assert rotating.stored().bot_token == "xoxe.xoxb-first"
    rotating.slack.refresh_tokens.clear()
    assert rotating.rotation().current_user(before).user_token == "xoxe.xoxp-1-1"
    assert rotating.asked() == 1


@pytest.mark.parametrize("token", [None, "xoxe.xoxb-installed-anew"])
def test_what_changes_while_a_users_token_is_renewed_is_not_undone(
    rotating: Rotating, token: str | None
) -> None:
    of_the_user = {"user_token": "xoxe.xoxp-first", "user_refresh_token": "xoxe-users"}
    rotating.install(ends_in=TWELVE_HOURS, user_token_expires_at=int(NOW + 60), **of_the_user)
    rotating.slack.refresh_tokens["xoxe-users"] = "user"

    def change(method: str) -> None:
        rotating.store.delete_all(enterprise_id=None, team_id=TEAM)
        if token:
            rotating.install(
                ends_in=TWELVE_HOURS, bot_token=token, bot_refresh_token="xoxe-anew", user_token="xoxp-anew"
            )

    rotating.slack.on_call = change
    rotating.rotation().current_user(anns(rotating))
    if token:
        assert rotating.stored().bot_token == token
        assert anns(rotating).user_token == "xoxp-anew"
    else:
        ids: dict[str, Any] = {"enterprise_id": None, "team_id": TEAM}
        assert rotating.store.find_bot(**ids) is None
        assert rotating.store.find_installation(**ids) is None


def anns(rotating: Rotating) -> Installation:
    found = rotating.store.find_installation(enterprise_id=None, team_id=TEAM, user_id="U0ANN")
    assert found
    return found


def test_no_token_is_logged_even_at_debug(rotating: Rotating, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bot = rotating.install(ends_in=0)
    rotating.rotation().current(bot, may_wait=True)
    assert "xoxe" not in caplog.text
    assert "hush" not in caplog.text


def test_bots_that_are_found_have_been_renewed_and_are_read_anew(rotating: Rotating) -> None:
    rotating.install(ends_in=AHEAD + 10)
    bots = InstalledBots(lambda: rotating.store, rotation=rotating.rotation())
    first = bots.find(team_id=TEAM, enterprise_id=None, may_wait=True)
    rotating.now += 11
    second = bots.find(team_id=TEAM, enterprise_id=None, may_wait=True)
    third = bots.find(team_id=TEAM, enterprise_id=None)
    assert first
    assert second
    assert first.token == "xoxe.xoxb-first"
    assert second.token == "xoxe.xoxb-1-1"
    assert third == second


def test_a_token_that_slack_calls_expired_is_renewed_and_the_call_made_again(rotating: Rotating) -> None:
    rotating.install(ends_in=TWELVE_HOURS)  # so our clock says
    rotating.slack.faults["auth.test"].append(refused("token_expired"))
    client = a_client(rotating)
    assert client.auth_test()["ok"]
    assert client.token == "xoxe.xoxb-1-1"


def test_where_that_fails_too_the_bot_is_deleted_and_the_call_says_what_to_do(rotating: Rotating) -> None:
    rotating.install(ends_in=TWELVE_HOURS)
    rotating.slack.refresh_tokens.clear()
    rotating.slack.faults["auth.test"].append(refused("token_revoked"))
    with pytest.raises(NotInstalled, match="Ask an admin"):
        a_client(rotating).auth_test()
    assert rotating.store.find_bot(enterprise_id=None, team_id=TEAM) is None


def a_client(rotating: Rotating) -> BotClient:
    bots = InstalledBots(lambda: rotating.store, rotation=rotating.rotation())
    return BotClient(bots, Workspace(TEAM, None), base_url=f"{rotating.slack.url}/api/")
