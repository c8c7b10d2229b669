"""Jobs whose choices are looked up. `shop` is what they are looked up in."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from runs.context import RunContext
from runs.errors import Refused
from runs.inputs import ask
from runs.job import job
from tests.workspace import PATIENCE


class Shop:
    """`fruits` is what it has now; `closed` keeps whoever looks waiting."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.fruits = {"plum": "Plum, a blue one", "pear": "Pear", "fig": "Fig"}
        self.problem: Exception | None = None
        self.opened = threading.Event()
        self.opened.set()
        self.asked: list[tuple[str, ...]] = []

    def look(self, *whoever: str) -> dict[str, str]:
        self.asked.append(whoever)
        assert self.opened.wait(2 * PATIENCE), "the test never opened the shop"
        if self.problem:
            raise self.problem
        return self.fruits


shop = Shop()


def fruits() -> Mapping[str, str]:
    return shop.look()


def search(query: str, requester: str) -> list[tuple[str, str]]:
    return [
        (value, f"{label} for {requester}") for value, label in shop.look(query).items() if query in value
    ]


def secrets_of_the_team(secrets: Mapping[str, str]) -> list[str]:
    shop.look()
    return [f"{len(secrets['WEBHOOK_URL'])} characters"]


@dataclass(frozen=True)
class Fruit:
    fruit: str = ask("Fruit", choices=fruits)


@dataclass(frozen=True)
class Fruits:
    fruits: list[str] = ask("Fruits", choices=search, min_query_length=1, maximum=2)


@dataclass(frozen=True)
class Of:
    of: str = ask("Of", choices=secrets_of_the_team)


@job("Eat a fruit", retry_safe=True)
def eat_fruit(inputs: Fruit, run: RunContext) -> str:
    return f"Ate the {inputs.fruit}."


@job("Buy fruits")
def buy_fruits(inputs: Fruits, run: RunContext) -> str:
    return f"Bought {' and '.join(inputs.fruits)}."


@job("Tell a secret", requesters="on-call")
def tell_secret(inputs: Of, run: RunContext) -> str:
    return inputs.of


@job("Pick the fruit", approvers="workspace_admins")
def pick_fruit(inputs: Fruit, run: RunContext) -> str:
    return f"Picked the {inputs.fruit}."


CLOSED = Refused("The shop is closed on Mondays.")

CHOOSING_JOBS = (eat_fruit, buy_fruits, tell_secret, pick_fruit)
