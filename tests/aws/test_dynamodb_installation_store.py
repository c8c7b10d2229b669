"""What our store does beyond slack_sdk's interface, which tests/oauth/test_installation_store_contract.py is about."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.oauth.installation_store import Bot, Installation, InstallationStore

from aws.clients import AwsClients
from aws.dynamodb_installation_store import DynamoDBInstallationStore, TooLarge
from aws.dynamodb_run_store import DynamoDBRunStore
from aws.signed_dynamodb import NotRead, SignedDynamoDB
from aws.table import table_definition
from oauth.cipher import Cipher
from oauth.encrypted_store import EncryptedInstallationStore
from oauth.key_file import KeyFile
from settings import AwsSettings
from tests.aws.emulator import Emulator
from tests.oauth.records import a_bot, an_installation

CLIENT_ID = "1.2"
TEAM: dict[str, Any] = {"enterprise_id": None, "team_id": "T1"}


@pytest.fixture(scope="module")
def clients(aws: Emulator) -> AwsClients:
    return aws.clients()


@pytest.fixture
def store(clients: AwsClients, table: str) -> DynamoDBInstallationStore:
    return DynamoDBInstallationStore(clients, table, client_id=CLIENT_ID)


@pytest.fixture(scope="module")
def reader(aws: Emulator) -> Iterator[SignedDynamoDB]:
    started = SignedDynamoDB(AwsSettings.from_env(aws.environment))
    yield started
    started.close()


@pytest.fixture
def with_history(clients: AwsClients, table: str) -> DynamoDBInstallationStore:
    return DynamoDBInstallationStore(clients, table, client_id=CLIENT_ID, historical_data_enabled=True)


def of(team_id: str = "T1", **changes: Any) -> Installation:
    return an_installation(**{"team_id": team_id, **changes})


def rotating(team_id: str, expires_at: int, token: str = "xoxe.xoxb-1") -> Bot:
    return a_bot(
        team_id=team_id,
        bot_token=token,
        bot_refresh_token=f"{token}-next",
        bot_token_expires_at=expires_at,
    )


def bot_row(store: DynamoDBInstallationStore) -> Any:
    (row,) = [row for row in store.rows() if isinstance(row.record, Bot) and row.is_latest]
    return row


@pytest.mark.parametrize(
    "name",
    [
        "save",
        "save_bot",
        "find_bot",
        "find_installation",
        "delete_bot",
        "delete_installation",
        "delete_all",
    ],
)
def test_its_methods_are_called_as_slack_sdk_calls_them(name: str) -> None:
    def shape(kind: type) -> list[tuple[str, Any, Any]]:
        parameters = inspect.signature(getattr(kind, name)).parameters.values()
        return [(each.name, each.kind, each.default) for each in parameters]

    assert shape(DynamoDBInstallationStore) == shape(InstallationStore)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
texts = st.none() | st.text(max_size=30)
moments = st.none() | st.integers(0, 10**10)
scopes = st.lists(st.text("abc:,_", min_size=1), max_size=3)
installations = st.builds(
    Installation,
    app_id=texts,
    enterprise_id=texts,
    enterprise_name=texts,
    enterprise_url=texts,
    team_id=texts,
    team_name=texts,
    bot_token=st.text(max_size=30),
    bot_id=texts,
    bot_user_id=texts,
    bot_scopes=scopes,
    bot_refresh_token=texts,
    bot_token_expires_at=moments,
    user_id=st.text(max_size=30),
    user_token=texts,
    user_scopes=scopes,
    user_refresh_token=texts,
    user_token_expires_at=moments,
    incoming_webhook_url=texts,
    is_enterprise_install=st.booleans(),
    token_type=texts,
    installed_at=st.floats(0, 1e10),
    custom_values=st.dictionaries(st.text(), json_values, max_size=3),
)


@pytest.fixture(scope="module")
def kept(clients: AwsClients, reader: SignedDynamoDB) -> DynamoDBInstallationStore:
    """One table for all that hypothesis thinks of."""
    clients.dynamodb.create_table(**table_definition("anything"))
    return DynamoDBInstallationStore(clients, "anything", client_id=CLIENT_ID, reader=reader)


@settings(max_examples=40)
@given(installation=installations)
def test_any_installation_comes_back_as_it_was(
    kept: DynamoDBInstallationStore, installation: Installation
) -> None:
    ids: dict[str, Any] = {"enterprise_id": installation.enterprise_id, "team_id": installation.team_id}
    kept.save(installation)
    found, bot = kept.find_installation(**ids, user_id=installation.user_id), kept.find_bot(**ids)
    assert found is not None
    assert bot is not None
    assert vars(found) == vars(installation)
    assert vars(bot) == vars(installation.to_bot())
    kept.delete_all(**ids)
    assert kept.find_bot(**ids) is None
    assert kept.find_installation(**ids, user_id=installation.user_id) is None


def test_what_the_ack_path_reads_is_what_boto3_reads(
    clients: AwsClients, reader: SignedDynamoDB, table: str, store: DynamoDBInstallationStore
) -> None:
    quick = DynamoDBInstallationStore(clients, table, client_id=CLIENT_ID, reader=reader)
    store.save(of(custom_values={"ü": [1, 2.5, None]}))
    by_boto3, by_hand = store.find_bot(**TEAM), quick.find_bot(**TEAM)
    assert by_boto3 is not None
    assert by_hand is not None
    assert vars(by_boto3) == vars(by_hand)
    assert quick.find_bot(enterprise_id=None, team_id="T2") is None


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_table_that_is_not_there_is_no_missing_installation(
    clients: AwsClients, reader: SignedDynamoDB, by_hand: bool
) -> None:
    store = DynamoDBInstallationStore(
        clients, "no-such-table", client_id=CLIENT_ID, reader=reader if by_hand else None
    )
    with pytest.raises((ClientError, NotRead), match="ResourceNotFoundException"):
        store.find_bot(**TEAM)


def test_every_installation_of_this_client_id_is_listed(
    clients: AwsClients, table: str, store: DynamoDBInstallationStore
) -> None:
    for n in range(30):
        store.save(of(f"T{n}", custom_values={"much": "x" * 50_000}))  # more than one page
    store.save(of("T0", user_id="U2"))
    DynamoDBInstallationStore(clients, table, client_id="1.23").save(of("T99"))
    listed = sorted((each.team_id or "", each.user_id) for each in store.installations())
    assert listed == sorted([*((f"T{n}", "U0ANN") for n in range(30)), ("T0", "U2")])
    assert len(list(store.rows())) == 61


def test_deleting_all_goes_through_every_page(store: DynamoDBInstallationStore) -> None:
    for n in range(25):
        store.save(of(user_id=f"U{n}", custom_values={"much": "x" * 100_000}))
    store.delete_all(**TEAM)
    assert list(store.rows()) == []


def test_installations_are_no_runs(clients: AwsClients, table: str, store: DynamoDBInstallationStore) -> None:
    store.save(of(bot_refresh_token="r", bot_token_expires_at=1))
    runs = DynamoDBRunStore(clients, table)
    assert list(runs.unsettled()) == runs.recent(team_id="T1", limit=9) == []


def test_tokens_do_not_lie_in_keys_or_in_what_is_looked_up(
    clients: AwsClients, table: str, store: DynamoDBInstallationStore
) -> None:
    store.save(of(bot_refresh_token="xoxe-r", bot_token_expires_at=1))
    for item in clients.dynamodb.scan(TableName=table)["Items"]:
        assert "xox" not in str({**item, "record": None})
        assert "expires_at" not in item, "DynamoDB would delete it"


def test_history_keeps_each_installation_and_not_each_refresh(
    with_history: DynamoDBInstallationStore,
) -> None:
    for at in (1.0, 2.5):
        with_history.save(of(installed_at=at, bot_token=f"xoxb-{at}"))
    with_history.save_bot(a_bot(team_id="T1", installed_at=2.5, bot_token="xoxb-refreshed"))
    past = [row.record for row in with_history.rows() if not row.is_latest]
    assert sorted(each.bot_token or "" for each in past if isinstance(each, Bot)) == [
        "xoxb-1.0",
        "xoxb-refreshed",
    ]
    assert sorted(each.installed_at for each in past if isinstance(each, Installation)) == [1.0, 2.5]
    assert len(list(with_history.installations())) == 1
    with_history.delete_installation(**TEAM, user_id="U0ANN")
    with_history.delete_bot(**TEAM)
    assert list(with_history.rows()) == []


def test_what_is_history_is_not_found(
    store: DynamoDBInstallationStore, with_history: DynamoDBInstallationStore
) -> None:
    with_history.save(of(user_token="xoxp-1"))
    store.save(of(user_token="xoxp-2"))  # the same installation, where nobody keeps history any more
    found = store.find_installation(**TEAM)
    assert found is not None
    assert found.user_token == "xoxp-2"


def test_deleting_a_person_leaves_the_history_of_others(with_history: DynamoDBInstallationStore) -> None:
    for user_id in ("U12", "U123"):
        with_history.save(of(user_id=user_id))
    with_history.delete_installation(**TEAM, user_id="U12")
    left = [row.record for row in with_history.rows() if isinstance(row.record, Installation)]
    assert [each.user_id for each in left] == ["U123", "U123"]


def test_a_row_is_replaced_once(store: DynamoDBInstallationStore) -> None:
    store.save_bot(a_bot(team_id="T1", bot_token="xoxb-1"))
    row = bot_row(store)
    replaced = store.replace(row, a_bot(team_id="T1", bot_token="xoxb-2"))
    assert replaced is not None
    assert replaced == bot_row(store)._replace(record=replaced.record)
    assert store.replace(row, a_bot(team_id="T1", bot_token="xoxb-3")) is None
    assert store.replace(replaced, a_bot(team_id="T1", bot_token="xoxb-4"))
    assert bot_row(store).record.bot_token == "xoxb-4"


def save_anew(store: DynamoDBInstallationStore) -> None:
    store.save_bot(a_bot(team_id="T1", bot_token="xoxb-new"))


def save_the_same(store: DynamoDBInstallationStore) -> None:
    store.save_bot(a_bot(team_id="T1", bot_token="xoxb-1"))


def uninstall(store: DynamoDBInstallationStore) -> None:
    store.delete_all(**TEAM)


@pytest.mark.parametrize("meanwhile", [save_anew, save_the_same, uninstall])
def test_whatever_happened_since_a_row_was_read_is_not_overwritten(
    store: DynamoDBInstallationStore, meanwhile: Callable[[DynamoDBInstallationStore], None]
) -> None:
    store.save_bot(a_bot(team_id="T1", bot_token="xoxb-1"))
    row = bot_row(store)
    meanwhile(store)
    now = store.reread(row)
    assert store.replace(row, a_bot(team_id="T1", bot_token="xoxb-stale")) is None
    store.delete(row)
    after = store.reread(row)
    assert (after and after.version) == (now and now.version)


def test_of_many_who_replace_a_row_at_once_one_does(store: DynamoDBInstallationStore) -> None:
    store.save_bot(a_bot(team_id="T1"))
    row = bot_row(store)
    with ThreadPoolExecutor(20) as pool:
        replaced = list(
            pool.map(lambda n: store.replace(row, a_bot(team_id="T1", bot_token=f"xoxb-{n}")), range(20))
        )
    (winner,) = [each for each in replaced if each]
    assert bot_row(store).version == winner.version


def test_a_row_that_is_deleted_is_gone(store: DynamoDBInstallationStore) -> None:
    store.save_bot(a_bot(team_id="T1"))
    row = bot_row(store)
    store.delete(row)
    assert store.reread(row) is None
    store.delete(row)


def test_a_bot_is_removed_only_while_its_token_is_the_one_that_was_read(
    with_history: DynamoDBInstallationStore,
) -> None:
    before = a_bot(team_id="T1", installed_at=1.0)
    assert not with_history.remove_bot(before), "it was uninstalled"
    with_history.save_bot(a_bot(team_id="T1", bot_token="xoxb-anew", installed_at=2.0))
    assert not with_history.remove_bot(before)
    with_history.save_bot(before)
    assert with_history.remove_bot(before)
    assert [row.record.bot_token for row in with_history.rows()] == ["xoxb-anew"], "a later one's history"


def test_a_bot_that_is_installed_anew_at_the_last_moment_is_not_removed(
    store: DynamoDBInstallationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = a_bot(team_id="T1"), store.row_of
    store.save_bot(before)

    def overtaken(bot: Bot) -> Any:
        row = read(bot)
        store.save_bot(a_bot(team_id="T1", bot_token="xoxb-anew"))
        return row

    monkeypatch.setattr(store, "row_of", overtaken)
    assert not store.remove_bot(before)
    found = store.find_bot(**TEAM)
    assert found
    assert found.bot_token == "xoxb-anew"


def test_a_bot_is_replaced_only_while_its_token_is_the_one_that_was_read(
    store: DynamoDBInstallationStore,
) -> None:
    before = rotating("T1", 100, "xoxe.xoxb-1")
    assert not store.replace_bot(before, rotating("T1", 200, "xoxe.xoxb-2")), "it was uninstalled"
    store.save_bot(before)
    assert store.replace_bot(before, rotating("T1", 200, "xoxe.xoxb-2"))
    assert not store.replace_bot(before, rotating("T1", 300, "xoxe.xoxb-3"))
    found = store.find_bot(**TEAM)
    assert found is not None
    assert found.bot_token == "xoxe.xoxb-2"


@pytest.mark.parametrize("sealed", [True, False])
def test_a_persons_token_is_replaced_without_the_bot(
    store: DynamoDBInstallationStore, tmp_path: Path, sealed: bool
) -> None:
    cipher = Cipher(KeyFile(tmp_path / "key"), client_id=CLIENT_ID)
    outer: Any = EncryptedInstallationStore(store, cipher) if sealed else store
    before, after = of(user_token="xoxp-1"), of(user_token="xoxp-2")
    assert not outer.replace_installation(before, after), "it was uninstalled"
    outer.save(before)
    outer.save_bot(a_bot(team_id="T1", bot_token="xoxb-installed-meanwhile"))
    assert outer.replace_installation(before, after)
    assert not outer.replace_installation(before, of(user_token="xoxp-3"))
    found = outer.find_installation(**TEAM, user_id="U0ANN")
    assert (found.user_token, found.bot_token) == ("xoxp-2", "xoxb-installed-meanwhile")


def test_a_record_is_added_where_there_is_none(store: DynamoDBInstallationStore) -> None:
    for first, second in (
        (a_bot(team_id="T1"), a_bot(team_id="T1", bot_token="xoxb-2")),
        (of(), of(user_token="x")),
    ):
        assert store.row_of(first) is None
        assert store.add(first)
        assert not store.add(second)
        row = store.row_of(second)
        assert row is not None
        assert vars(row.record) == vars(first)


def test_bots_whose_tokens_expire_soon_are_listed_and_no_others(
    clients: AwsClients, table: str, with_history: DynamoDBInstallationStore
) -> None:
    for team_id, expires_at in (("T1", 100), ("T2", 200), ("T3", 10**9)):
        with_history.save_bot(rotating(team_id, expires_at))
    with_history.save_bot(a_bot(team_id="T4"))
    with_history.save_bot(a_bot(team_id="T5", bot_token_expires_at=1))  # without a refresh token
    DynamoDBInstallationStore(clients, table, client_id="1.23").save_bot(rotating("T6", 100))
    assert [each.team_id for each in with_history.rotating_before(200)] == ["T1"]
    assert [each.team_id for each in with_history.rotating_before(200.5)] == ["T1", "T2"]
    with_history.save_bot(rotating("T1", 10**9 + 1))
    with_history.delete_bot(enterprise_id=None, team_id="T2")
    assert [each.team_id for each in with_history.rotating_before(5e9)] == ["T3", "T1"]
    with_history.save_bot(a_bot(team_id="T3"))
    assert [each.team_id for each in with_history.rotating_before(5e9)] == ["T1"]


def test_more_than_an_item_takes_is_refused_by_name(store: DynamoDBInstallationStore) -> None:
    store.save(of(custom_values={"much": "x" * 390_000}))
    with pytest.raises(TooLarge, match=r"T1 takes 400,\d\d\d bytes"):
        store.save(of(custom_values={"much": "x" * 400_000}))


def test_custom_values_that_json_does_not_know_are_refused(store: DynamoDBInstallationStore) -> None:
    with pytest.raises(TypeError, match="JSON"):
        store.save(of(custom_values={"what": object()}))
    assert list(store.rows()) == []


def test_a_record_of_a_later_slack_sdk_is_read(
    clients: AwsClients, table: str, store: DynamoDBInstallationStore
) -> None:
    later = a_bot(team_id="T1")
    later.something_new = "x"  # type: ignore[attr-defined]
    store.save_bot(later)
    found = store.find_bot(**TEAM)
    assert found is not None
    assert vars(found) == vars(a_bot(team_id="T1"))
