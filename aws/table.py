"""The one DynamoDB table: its keys, its indexes, and how values are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

Item = Mapping[str, Mapping[str, Any]]

UNSETTLED: Final = (
    "unsettled"  # sparse: what `tick` looks after besides runs; it reads all of it from the index
)
LIVE_RUNS: Final = "live_runs"  # sparse: of all workspaces, the runs that are live or untold

# What a workspace's runs are looked up by, alone and together: one index for each, named after it, so that no list
# is found by reading through others' runs. These hold keys alone: what a running job reports changes none of them.
LOOKED_UP_BY: Final = (
    (),
    ("requester",),
    ("job",),
    ("state",),
    ("requester", "job"),
    ("requester", "state"),
    ("job", "state"),
    ("requester", "job", "state"),
)


def index_of(looked_up_by: Iterable[str]) -> str:
    """The name of the index and of its key, which is the workspace's id with these behind it."""
    return "by_" + ("_".join(looked_up_by) or "team")


def table_definition(name: str) -> dict[str, Any]:
    """The arguments of `create_table`. serverless.yml says the same; a test compares the two."""
    of_runs = [*map(index_of, LOOKED_UP_BY), LIVE_RUNS]
    strings = ("pk", "sk", "aged", UNSETTLED, *of_runs)
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": each, "AttributeType": "S"} for each in strings],
        "KeySchema": _keys("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {"IndexName": index, "KeySchema": _keys(index, "aged"), "Projection": {"ProjectionType": holds}}
            for index, holds in ((UNSETTLED, "ALL"), *((each, "KEYS_ONLY") for each in of_runs))
        ],
    }


def key(kind: str, *ids: str, sort: str | None = None) -> dict[str, dict[str, str]]:
    """`key("run", "T1", "RABC")`. Slack's ids hold no `#`, and what else may is last."""
    return {"pk": {"S": "#".join((kind, *ids))}, "sk": {"S": sort or kind}}


def aged(at: float) -> str:
    """Texts that sort as the times do."""
    return f"{at:017.6f}"


def text(value: str) -> dict[str, str]:
    return {"S": value}


def number(value: float) -> dict[str, str]:
    return {"N": repr(value)}


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
