"""Any of slack_sdk's stores holds sealed tokens only, and hands out the right ones or an error."""

from __future__ import annotations

import inspect
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore
from slack_sdk.oauth.installation_store.cacheable_installation_store import CacheableInstallationStore
from slack_sdk.oauth.installation_store.file import FileInstallationStore
from slack_sdk.oauth.installation_store.sqlalchemy import SQLAlchemyInstallationStore
from slack_sdk.oauth.installation_store.sqlite3 import SQLite3InstallationStore

from oauth.cipher import Cipher, is_sealed, key_id_of
from oauth.encrypted_store import (
    BOT_FIELDS,
    USER_FIELDS,
    EncryptedInstallationStore,
    open_record,
    seal_record,
    stored_tokens,
)
from oauth.keys import (
    BrokenText,
    CipherError,
    ColumnTooNarrow,
    KeyUnreachable,
    NotAuthentic,
    OtherRecord,
    PlainText,
)
from oauth.local_store import LocalInstallationStore
from tests.oauth.keys import FakeKey

CLIENT = "1.2"
SECRETS = {
    "bot_token": "xoxe.xoxb-1-bot",
    "bot_refresh_token": "xoxe-1-bot-refresh",
    "user_token": "xoxe.xoxp-1-user",
    "user_refresh_token": "xoxe-1-user-refresh",
    "incoming_webhook_url": "https://hooks.slack.com/services/T1/B1/webhook",
    "incoming_webhook_configuration_url": "https://team.slack.com/services/configure",
}


def an_installation(**changed: Any) -> Installation:
    given: dict[str, Any] = {
        "app_id": "A1",
        "enterprise_id": "E1",
        "team_id": "T1",
        "team_name": "Team",
        "user_id": "U1",
        "bot_id": "B1",
        "bot_user_id": "UB1",
        "bot_scopes": ["chat:write", "commands"],
        "user_scopes": ["search:read"],
        "bot_token_expires_at": 2_000_000_000,
        "incoming_webhook_channel": "#general",
        "installed_at": 1_700_000_000.0,
        **SECRETS,
    }
    return Installation(**given | changed)


class Held(InstallationStore):
    """Hands out what it was given last, whoever asks."""

    def __init__(self) -> None:
        self.installation: Installation | None = None
        self.bot: Bot | None = None

    def save(self, installation: Installation) -> None:
        self.installation = installation
        self.save_bot(installation.to_bot())

    def save_bot(self, bot: Bot) -> None:
        self.bot = bot

    def find_bot(self, **_: object) -> Bot | None:
        return self.bot

    def find_installation(self, **_: object) -> Installation | None:
        return self.installation


@pytest.fixture
def key() -> FakeKey:
    return FakeKey()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "installations.sqlite3"


class ClosingSQLite3Store(SQLite3InstallationStore):
    """The SDK leaves its connections to the garbage collector."""

    def connect(self) -> Any:
        if not self.init_called:
            self.init()  # type: ignore[no-untyped-call]
        return sqlite3.connect(self.database, factory=_Closing)


class _Closing(sqlite3.Connection):
    def __exit__(self, *error: Any) -> Any:
        try:
            return super().__exit__(*error)
        finally:
            self.close()


MakeStore = Callable[..., EncryptedInstallationStore]


@pytest.fixture(params=["sqlite", "file"])
def make(request: pytest.FixtureRequest, tmp_path: Path, database: Path, key: FakeKey) -> MakeStore:
    def make(client_id: str = CLIENT) -> EncryptedInstallationStore:
        inner: InstallationStore
        if request.param == "sqlite":
            inner = ClosingSQLite3Store(database=str(database), client_id=client_id)
        else:
            inner = FileInstallationStore(base_dir=str(tmp_path / "files"), client_id=client_id)
        return EncryptedInstallationStore(inner, Cipher(key, client_id=client_id))

    return make


@pytest.fixture
def store(make: MakeStore) -> EncryptedInstallationStore:
    return make()


def find(store: InstallationStore, user_id: str | None = "U1", **ids: Any) -> Installation:
    found = store.find_installation(**{"enterprise_id": "E1", "team_id": "T1", "user_id": user_id} | ids)
    assert found is not None
    return found


def find_bot(store: InstallationStore, **ids: Any) -> Bot:
    found = store.find_bot(**{"enterprise_id": "E1", "team_id": "T1"} | ids)
    assert found is not None
    return found


def all_stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_everything_secret_comes_back_and_nothing_of_it_is_stored(
    store: EncryptedInstallationStore, tmp_path: Path
) -> None:
    store.save(an_installation())
    assert stored_tokens(find(store)) == SECRETS
    assert stored_tokens(find(store, user_id=None)) == SECRETS
    assert stored_tokens(find_bot(store)) == {name: SECRETS[name] for name in BOT_FIELDS}
    stored = all_stored(tmp_path)
    assert b"B1" in stored
    assert not [secret for secret in SECRETS.values() if secret.encode() in stored]


def test_a_bot_saved_alone_comes_back_too(store: EncryptedInstallationStore, tmp_path: Path) -> None:
    store.save_bot(an_installation().to_bot())
    assert find_bot(store).bot_token == SECRETS["bot_token"]
    assert SECRETS["bot_token"].encode() not in all_stored(tmp_path)


def test_what_is_not_secret_is_left_alone(store: EncryptedInstallationStore) -> None:
    store.save(an_installation())
    found = find(store)
    assert (found.bot_id, found.team_name, found.user_id) == ("B1", "Team", "U1")
    assert found.bot_token_expires_at == 2_000_000_000
    assert found.incoming_webhook_channel == "#general"


def test_neither_what_is_saved_nor_what_the_store_holds_is_changed(key: FakeKey) -> None:
    inner = Held()
    store = EncryptedInstallationStore(inner, Cipher(key, client_id=CLIENT))
    given = an_installation(custom_values={"plan": "free"})
    before = json.dumps(vars(given))
    store.save(given)
    assert json.dumps(vars(given)) == before
    held = json.dumps(vars(inner.installation))
    found = find(store)
    found.set_custom_value("plan", "paid")
    assert json.dumps(vars(inner.installation)) == held
    assert json.dumps(vars(given)) == before
    assert inner.installation is not None
    assert inner.installation.custom_values == {"plan": "free"}  # none of the cipher's business


def test_an_installation_without_a_token_stays_without(
    store: EncryptedInstallationStore, key: FakeKey
) -> None:
    absent = dict.fromkeys(SECRETS)
    store.save(an_installation(**absent | {"bot_token": "xoxb-1"}))
    assert key.calls == {"generate": 1}
    assert stored_tokens(find(store)) == {"bot_token": "xoxb-1"}


def test_an_empty_text_where_none_was_saved_breaks_nothing(key: FakeKey) -> None:
    """As slack_sdk's stores hand it out."""
    inner = Held()
    store = EncryptedInstallationStore(inner, Cipher(key, client_id=CLIENT), accept_plain=False)
    store.save(an_installation(**dict.fromkeys(SECRETS, "") | {"user_token": "xoxp-1"}, enterprise_id=None))
    assert inner.installation is not None
    inner.installation.enterprise_id = ""
    assert stored_tokens(find(store, enterprise_id=None)) == {"user_token": "xoxp-1"}


class TestWhoseTokens:
    def test_a_user_is_handed_the_bots_latest_token_and_his_own(
        self, store: EncryptedInstallationStore
    ) -> None:
        store.save(an_installation())
        store.save(
            an_installation(
                user_id="U2", bot_token="xoxb-2", user_token="xoxp-2", installed_at=1_800_000_000.0
            )
        )
        first = find(store, "U1")
        assert (first.user_id, first.user_token) == ("U1", SECRETS["user_token"])
        assert first.incoming_webhook_url == SECRETS["incoming_webhook_url"]
        assert find(store, "U2").user_token == "xoxp-2"

    def test_the_bots_token_may_come_from_another_users_row(
        self, make: MakeStore, key: FakeKey, database: Path
    ) -> None:
        make().save(an_installation())
        if database.exists():  # its clock has whole seconds
            with closing(sqlite3.connect(database)) as db, db:
                for table in ("slack_bots", "slack_installations"):
                    db.execute(f"UPDATE {table} SET installed_at = datetime(installed_at, '-60 seconds')")
        make().save(an_installation(user_id="U2", bot_token="xoxb-2", bot_refresh_token="xoxe-2"))
        key.calls.clear()
        found = find(make(), "U1")
        assert (found.bot_token, found.bot_refresh_token) == ("xoxb-2", "xoxe-2")
        assert found.user_token == SECRETS["user_token"]
        assert key.calls == {"decrypt": 2}  # though it is of two saves

    def test_an_org_wide_install_is_found_from_any_of_its_workspaces(
        self, store: EncryptedInstallationStore
    ) -> None:
        store.save(an_installation(team_id=None, is_enterprise_install=True))
        assert stored_tokens(find(store, team_id="T9", is_enterprise_install=True)) == SECRETS
        assert stored_tokens(find(store, team_id=None, is_enterprise_install=True)) == SECRETS
        assert find_bot(store, team_id="T9", is_enterprise_install=True).bot_token == SECRETS["bot_token"]
        assert store.find_bot(enterprise_id="E1", team_id="T9") is None

    def test_a_workspace_of_no_organization_is_found(self, store: EncryptedInstallationStore) -> None:
        store.save(an_installation(enterprise_id=None))
        assert stored_tokens(find(store, enterprise_id=None)) == SECRETS
        assert stored_tokens(find(store, enterprise_id="")) == SECRETS

    @pytest.mark.parametrize(
        "ids",
        [{"team_id": "T2"}, {"enterprise_id": "E2"}, {"enterprise_id": None}, {"team_id": None},
         {"is_enterprise_install": True}, {"user_id": "U2"}],
    )  # fmt: skip
    def test_a_store_that_hands_out_another_record_is_not_believed(
        self, key: FakeKey, ids: dict[str, Any]
    ) -> None:
        store = EncryptedInstallationStore(Held(), Cipher(key, client_id=CLIENT))
        store.save(an_installation())
        with pytest.raises(OtherRecord):
            find(store, **ids)
        if "user_id" not in ids:
            with pytest.raises(OtherRecord):
                find_bot(store, **ids)

    def test_ids_that_another_record_lied_under_are_not_believed_though_they_be_changed_to_fit(
        self, key: FakeKey
    ) -> None:
        inner = Held()
        store = EncryptedInstallationStore(inner, Cipher(key, client_id=CLIENT))
        store.save(an_installation())
        assert inner.installation is not None
        assert inner.bot is not None
        for name, value in (("team_id", "T2"), ("enterprise_id", "E2"), ("user_id", "U2")):
            store.save(an_installation())
            setattr(inner.installation, name, value)
            with pytest.raises(NotAuthentic):
                find(store, **{name: value})


class TestReplacing:
    @pytest.fixture
    def store(self, database: Path, key: FakeKey) -> EncryptedInstallationStore:
        return EncryptedInstallationStore(
            LocalInstallationStore(database, CLIENT), Cipher(key, client_id=CLIENT)
        )

    def test_a_token_takes_the_place_of_the_one_it_was_made_from_and_of_no_other(
        self, store: EncryptedInstallationStore, tmp_path: Path
    ) -> None:
        store.save(an_installation())
        before = find_bot(store)
        renewed = an_installation(bot_token="xoxb-renewed", bot_refresh_token="xoxe-renewed").to_bot()
        assert store.replace_bot(before, renewed)
        assert not store.replace_bot(before, an_installation(bot_token="xoxb-late").to_bot())
        assert find_bot(store).bot_token == "xoxb-renewed"
        assert find(store).bot_refresh_token == "xoxe-renewed"
        assert b"renewed" not in all_stored(tmp_path)

    def test_a_bot_is_removed_by_the_token_that_it_is_known_by_and_by_no_other(
        self, store: EncryptedInstallationStore
    ) -> None:
        store.save(an_installation(bot_token="xoxb-first"))
        assert not store.remove_bot(an_installation(bot_token="xoxb-other").to_bot())
        assert find_bot(store).bot_token == "xoxb-first"
        assert store.remove_bot(an_installation(bot_token="xoxb-first").to_bot())
        assert store.find_bot(enterprise_id="E1", team_id="T1") is None

    def test_a_persons_token_takes_the_place_of_theirs_and_the_bots_stays(
        self, store: EncryptedInstallationStore, tmp_path: Path
    ) -> None:
        store.save(an_installation(user_token="xoxp-first"))
        before = find(store)
        store.save_bot(an_installation(bot_token="xoxb-installed-meanwhile").to_bot())
        renewed = an_installation(user_token="xoxp-renewed", user_refresh_token="xoxe-renewed")
        assert store.replace_installation(before, renewed)
        assert not store.replace_installation(before, an_installation(user_token="xoxp-late"))
        found = find(store)
        assert (found.user_token, found.user_refresh_token) == ("xoxp-renewed", "xoxe-renewed")
        assert found.bot_token == find_bot(store).bot_token == "xoxb-installed-meanwhile"
        assert b"renewed" not in all_stored(tmp_path)

    def test_what_was_deleted_stays_deleted(self, store: EncryptedInstallationStore) -> None:
        before = an_installation()
        assert not store.replace_bot(before.to_bot(), before.to_bot())
        assert not store.replace_installation(before, before)
        assert store.find_bot(enterprise_id="E1", team_id="T1") is None
        assert store.find_installation(enterprise_id="E1", team_id="T1") is None


class TestTampering:
    """In the database itself, where each row is as its attacker left it."""

    @pytest.fixture
    def store(self, database: Path, key: FakeKey) -> EncryptedInstallationStore:
        return self.of(CLIENT, database, key)

    @pytest.fixture
    def execute(self, database: Path, store: EncryptedInstallationStore) -> Iterator[Callable[..., Any]]:
        with closing(sqlite3.connect(database, isolation_level=None)) as db:
            yield db.execute

    def of(self, client_id: str, database: Path, key: FakeKey) -> EncryptedInstallationStore:
        inner = ClosingSQLite3Store(database=str(database), client_id=client_id)
        return EncryptedInstallationStore(inner, Cipher(key, client_id=client_id))

    @pytest.mark.parametrize("field", [*BOT_FIELDS, *USER_FIELDS])
    def test_a_flipped_bit(
        self, store: EncryptedInstallationStore, execute: Callable[..., Any], field: str
    ) -> None:
        store.save(an_installation())
        ((sealed,),) = execute(f"SELECT {field} FROM slack_installations")
        for at in range(10, len(sealed), 7):
            flipped = sealed[:at] + chr(ord(sealed[at]) ^ 1) + sealed[at + 1 :]
            execute(f"UPDATE slack_installations SET {field} = ?", (flipped,))
            with pytest.raises(CipherError):
                find(store)

    @pytest.mark.parametrize("field", SECRETS)
    def test_swapped_fields(
        self, store: EncryptedInstallationStore, execute: Callable[..., Any], field: str
    ) -> None:
        for other in SECRETS.keys() - {field}:
            store.save(an_installation())
            assert stored_tokens(find(store)) == SECRETS
            execute(f"UPDATE slack_installations SET {field} = {other}")
            with pytest.raises(NotAuthentic):
                find(store)
            execute("DELETE FROM slack_installations")

    @pytest.mark.parametrize("field", USER_FIELDS)
    def test_swapped_users(
        self, store: EncryptedInstallationStore, execute: Callable[..., Any], field: str
    ) -> None:
        store.save(an_installation())
        store.save(an_installation(user_id="U2", **{field: "somebody else's"}))
        self.take_from("user_id", "U2", "U1", field, execute)
        with pytest.raises(NotAuthentic):
            find(store, "U1")
        assert getattr(find(store, "U2"), field) == "somebody else's"

    @pytest.mark.parametrize(("column", "value"), [("team_id", "T2"), ("enterprise_id", "E2")])
    @pytest.mark.parametrize("field", SECRETS)
    def test_swapped_workspaces(
        self,
        store: EncryptedInstallationStore,
        execute: Callable[..., Any],
        column: str,
        value: str,
        field: str,
    ) -> None:
        store.save(an_installation())
        store.save(an_installation(**{column: value}))
        self.take_from(column, value, {"T2": "T1", "E2": "E1"}[value], field, execute)
        with pytest.raises(NotAuthentic):
            find(store, user_id=None)
        if field in BOT_FIELDS:
            with pytest.raises(NotAuthentic):
                find_bot(store)

    @pytest.mark.parametrize("field", SECRETS)
    def test_swapped_apps(
        self,
        store: EncryptedInstallationStore,
        database: Path,
        key: FakeKey,
        execute: Callable[..., Any],
        field: str,
    ) -> None:
        """Of one operator, with one key and one database."""
        store.save(an_installation())
        self.of("9.9", database, key).save(an_installation())
        self.take_from("client_id", "9.9", CLIENT, field, execute)
        with pytest.raises(NotAuthentic):
            find(store)

    def test_a_whole_row_put_under_other_ids(
        self, store: EncryptedInstallationStore, execute: Callable[..., Any]
    ) -> None:
        store.save(an_installation())
        execute("UPDATE slack_bots SET team_id = 'T2'")
        execute("UPDATE slack_installations SET team_id = 'T2'")
        with pytest.raises(NotAuthentic):
            find_bot(store, team_id="T2")
        with pytest.raises(NotAuthentic):
            find(store, team_id="T2")

    def test_the_error_says_which_field_of_whom_and_nothing_secret(
        self, store: EncryptedInstallationStore, execute: Callable[..., Any]
    ) -> None:
        store.save(an_installation())
        execute("UPDATE slack_bots SET bot_token = substr(bot_token, 1, 100)")
        with pytest.raises(BrokenText) as refusal:
            find_bot(store)
        notes = " ".join(refusal.value.__notes__)
        assert "bot_token" in notes
        assert "T1" in notes
        assert "errand.v1" not in notes + str(refusal.value)

    def take_from(
        self, column: str, source: str, target: str, field: str, execute: Callable[..., Any]
    ) -> None:
        for table in ("slack_installations", *(["slack_bots"] if field in BOT_FIELDS else [])):
            execute(
                f"UPDATE {table} SET {field} = (SELECT {field} FROM {table} WHERE {column} = ?) WHERE {column} = ?",
                (source, target),
            )


class TestPlainRecords:
    def test_what_lay_there_before_is_read_and_sealed_when_it_is_saved_again(
        self, store: EncryptedInstallationStore, tmp_path: Path
    ) -> None:
        store.inner.save(an_installation())
        assert stored_tokens(find(store)) == SECRETS
        assert find_bot(store).bot_token == SECRETS["bot_token"]
        found = find(store)
        store.delete_all(enterprise_id="E1", team_id="T1")
        store.save(found)
        assert all(is_sealed(token) for token in stored_tokens(find(store.inner)).values())
        assert stored_tokens(find(store)) == SECRETS

    def test_a_store_that_never_held_any_may_refuse_them(self, key: FakeKey) -> None:
        store = EncryptedInstallationStore(Held(), Cipher(key, client_id=CLIENT), accept_plain=False)
        store.inner.save(an_installation(bot_token="xoxb-of-an-attacker"))
        with pytest.raises(PlainText) as refusal:
            find_bot(store)
        assert "attacker" not in str(refusal.value)
        store.save(an_installation())
        assert stored_tokens(find(store)) == SECRETS


class TestDecrypts:
    def test_a_full_installation_costs_two_of_each_and_a_bot_one(self, make: MakeStore, key: FakeKey) -> None:
        make().save(an_installation())
        assert key.calls == {"generate": 2}
        find(make())
        assert key.calls["decrypt"] == 2
        find_bot(make())
        assert key.calls["decrypt"] == 3

    def test_once_read_it_costs_none(self, store: EncryptedInstallationStore, key: FakeKey) -> None:
        store.save(an_installation())
        for _ in range(3):
            find(store)
            find_bot(store)
        assert key.calls["decrypt"] == 2

    def test_a_key_that_cannot_be_reached_saves_and_finds_nothing(
        self, store: EncryptedInstallationStore, key: FakeKey
    ) -> None:
        store.save(an_installation())
        key.is_reachable = False
        with pytest.raises(KeyUnreachable):
            find_bot(store)
        with pytest.raises(KeyUnreachable):
            store.save(an_installation(team_id="T2"))
        assert store.inner.find_bot(enterprise_id="E1", team_id="T2") is None


class TestTheStoreItself:
    def test_what_is_not_there_is_none(self, store: EncryptedInstallationStore) -> None:
        assert store.find_bot(enterprise_id=None, team_id="T1") is None
        assert store.find_installation(enterprise_id=None, team_id="T1", user_id="U1") is None

    def test_deletions_are_the_stores_own(self, store: EncryptedInstallationStore) -> None:
        store.save(an_installation())
        store.save(an_installation(user_id="U2"))
        store.delete_installation(enterprise_id="E1", team_id="T1", user_id="U1")
        assert store.find_installation(enterprise_id="E1", team_id="T1", user_id="U1") is None
        assert find(store, "U2").user_token
        store.delete_bot(enterprise_id="E1", team_id="T1")
        assert store.find_bot(enterprise_id="E1", team_id="T1") is None
        store.save(an_installation())
        store.delete_all(enterprise_id="E1", team_id="T1")
        assert store.find_bot(enterprise_id="E1", team_id="T1") is None
        assert store.find_installation(enterprise_id="E1", team_id="T1") is None

    def test_its_methods_take_what_slack_sdks_take(self) -> None:
        for name, method in inspect.getmembers(InstallationStore, inspect.isfunction):
            theirs = inspect.signature(method).parameters.values()
            ours = inspect.signature(getattr(EncryptedInstallationStore, name)).parameters.values()
            assert [(each.name, each.kind, each.default) for each in ours] == [
                (each.name, each.kind, each.default) for each in theirs
            ], name
            assert name in vars(EncryptedInstallationStore) or name == "__init__", name

    def test_its_log_is_the_inner_ones(self, store: EncryptedInstallationStore) -> None:
        assert store.logger is store.inner.logger

    def test_what_a_cache_inside_holds_is_sealed(self, key: FakeKey, tmp_path: Path) -> None:
        cache = CacheableInstallationStore(FileInstallationStore(base_dir=str(tmp_path)))
        store = EncryptedInstallationStore(cache, Cipher(key, client_id=CLIENT))
        store.save(an_installation())
        for _ in range(2):
            assert stored_tokens(find(store)) == SECRETS
        (held,) = cache.cached_installations.values()
        assert all(is_sealed(token) for token in stored_tokens(held).values())


class TestColumns:
    def engine(self) -> Any:
        return sqlalchemy.create_engine("sqlite://")

    def test_those_too_narrow_are_refused_before_anything_is_stored(self, key: FakeKey) -> None:
        inner = SQLAlchemyInstallationStore(CLIENT, self.engine(), bots_table_name="my_bots")
        for store in (inner, CacheableInstallationStore(inner)):
            with pytest.raises(ColumnTooNarrow, match=r"my_bots\.bot_token takes 200 letters"):
                EncryptedInstallationStore(store, Cipher(key, client_id=CLIENT))

    def test_the_first_one_too_narrow_is_named(self, key: FakeKey) -> None:
        inner = SQLAlchemyInstallationStore(CLIENT, self.engine())
        self.widen(inner)
        inner.installations.c.incoming_webhook_url.type.length = 1000  # type: ignore[attr-defined]
        with pytest.raises(ColumnTooNarrow, match=r"slack_installations\.incoming_webhook_url takes 1000"):
            EncryptedInstallationStore(inner, Cipher(key, client_id=CLIENT))

    def test_wide_ones_hold_what_is_sealed(self, key: FakeKey) -> None:
        inner = SQLAlchemyInstallationStore(CLIENT, self.engine())
        self.widen(inner)
        inner.create_tables()  # type: ignore[no-untyped-call]
        store = EncryptedInstallationStore(inner, Cipher(key, client_id=CLIENT))
        store.save(an_installation())
        assert stored_tokens(find(store)) == SECRETS
        assert all(is_sealed(token) for token in stored_tokens(find(inner)).values())
        inner.engine.dispose()

    def widen(self, store: SQLAlchemyInstallationStore) -> None:
        for table in (store.bots, store.installations):
            for name in (*BOT_FIELDS, *USER_FIELDS):
                if name in table.c:
                    table.c[name].type = sqlalchemy.Text()

    def test_a_token_as_long_as_slack_makes_them_fits_into_the_narrowest_that_is_taken(self) -> None:
        arn = "arn:aws:kms:ap-southeast-3:123456789012:key/mrk-" + "1" * 32
        sealed = seal_record(Cipher(FakeKey(arn), client_id=CLIENT), an_installation(bot_token="x" * 1000))
        assert sealed.bot_token is not None
        assert len(sealed.bot_token) <= 2000


class TestRecordsOnTheirOwn:
    """As `ops reencrypt` takes them: from a row, and back into it under another key."""

    def test_a_record_moves_from_one_key_to_another(self) -> None:
        old, new = FakeKey("fake:old"), FakeKey("fake:new")
        sealed = seal_record(Cipher(old, client_id=CLIENT), an_installation())
        assert {key_id_of(token) for token in stored_tokens(sealed).values()} == {"fake:old"}
        moved = seal_record(Cipher(new, client_id=CLIENT), open_record(Cipher(old, client_id=CLIENT), sealed))
        assert {key_id_of(token) for token in stored_tokens(moved).values()} == {"fake:new"}
        assert stored_tokens(open_record(Cipher(new, client_id=CLIENT), moved)) == SECRETS

    @given(
        st.fixed_dictionaries({name: st.none() | st.text() for name in SECRETS}),
        st.none() | st.text(),
        st.none() | st.text(),
        st.text(),
    )
    def test_any_record_comes_back(
        self, secrets: dict[str, str | None], enterprise_id: str | None, team_id: str | None, user_id: str
    ) -> None:
        cipher = Cipher(FakeKey(), client_id=CLIENT)
        given = an_installation(**secrets, enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)
        given.bot_token = secrets["bot_token"]
        opened = open_record(cipher, seal_record(cipher, given), accept_plain=False)
        assert vars(opened) == vars(given)
