"""Choices that a function looks up: what a menu offers, and whether an answer is among them.

The function is the team's own. In a menu it runs while Slack waits, which is three seconds in all.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

from runs.errors import Refused
from runs.inputs import InvalidInputs
from runs.inputs.fields import Choice, Field
from runs.inputs.notation import MAX_LOOKED_UP, did_you_mean, quoted
from runs.job import Job, Jobs
from runs.people import People
from runs.run import Run

log = logging.getLogger("errand.choices")

WHILE_SLACK_WAITS: Final = 2.0  # seconds; the rest of its three are for the way there and back
WHILE_NOBODY_WAITS: Final = 20.0
AT_ONCE: Final = 8  # menus at work; a function that never returns keeps a thread
MOST_CHOICES: Final = 10_000  # a source without `query` may have many; a menu shows a hundred
KEPT_FOR: Final = 15.0  # seconds: between two letters that somebody types
MOST_KEPT: Final = 200

Found = TypeVar("Found")


class ChoicesUnavailable(Refused):
    """The choices could not be looked up. The message is what a person reads, in a menu of 75 characters."""


@dataclass(frozen=True)
class Look:
    """Who looks for choices, and what they have typed."""

    requester: str
    team_id: str
    enterprise_id: str | None = None
    query: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


class Choices:
    """One for a process."""

    def __init__(
        self,
        *,
        jobs: Jobs,
        people: People,
        secrets: Mapping[str, str],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._people = people
        self._secrets = secrets
        self._monotonic = monotonic
        self._free = threading.BoundedSemaphore(AT_ONCE)
        self._kept: dict[tuple[Any, ...], tuple[float, Any]] = {}

    def offered(
        self,
        job: str,
        name: str,
        *,
        query: str,
        requester: str,
        team_id: str,
        enterprise_id: str | None = None,
    ) -> list[Choice]:
        """For a menu; none for those who may not run the job.

        Raises UnknownJob, ChoicesUnavailable, and whatever the function raises.
        """
        declared = self._jobs.named(job)
        asked = next((each for each in declared.fields if each.name == name and each.source), None)
        if asked is None:
            raise ChoicesUnavailable("This form is out of date. Close it and open it again.")
        look = Look(requester, team_id, enterprise_id, query, self._secrets)
        if not self._free.acquire(blocking=False):
            raise ChoicesUnavailable("I'm busy looking up choices. Try again in a moment.")
        return _within(WHILE_SLACK_WAITS, lambda: self._for_menu(declared, asked, look), self._free.release)

    def check(self, job: Job, run: Run, inputs: Any) -> None:
        """Raises InvalidInputs for a value that is not among the choices now, and what `offered` raises."""
        errors = {}
        for each in job.fields:
            value = getattr(inputs, each.name)
            values = value if isinstance(value, list) else [] if value is None else [value]
            if each.source and values:
                known = self._known(each, run, values)
                wrong = [text for text in values if text not in known]
                if wrong:
                    errors[each.name] = _refusal(each, wrong[0], known)
        if errors:
            raise InvalidInputs(errors)

    def _known(self, asked: Field, run: Run, values: list[str]) -> dict[str, Choice]:
        assert asked.source
        searched = values if "query" in asked.source.takes else [""]
        found: dict[str, Choice] = {}
        for query in searched:
            look = Look(run.requester, run.team_id, run.enterprise_id, query, self._secrets)
            choices = _within(WHILE_NOBODY_WAITS, partial(look_up, asked, look))
            found |= {choice.value: choice for choice in choices}
        return found

    def _for_menu(self, job: Job, asked: Field, look: Look) -> list[Choice]:
        if not self._remembered(
            ("may run", job.name, look.team_id, look.requester), lambda: self._may(job, look)
        ):
            return []
        assert asked.source
        if "query" in asked.source.takes:
            return look_up(asked, look)
        whose = look.requester if "requester" in asked.source.takes else ""
        key = ("choices", job.name, asked.name, look.team_id, whose)
        return _matching(self._remembered(key, lambda: look_up(asked, look)), look.query)

    def _may(self, job: Job, look: Look) -> bool:
        """Asked again before anything is run: this is only about what a menu gives away."""
        roll = self._people.lately(look.team_id, look.enterprise_id)
        return roll.is_one_of(look.requester, job.requesters)

    def _remembered(self, key: tuple[Any, ...], find: Callable[[], Found]) -> Found:
        until, found = self._kept.get(key, (0.0, None))
        if found is None or until <= self._monotonic():
            found = find()
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (self._monotonic() + KEPT_FOR, found)
        kept: Found = found
        return kept


def _within(seconds: float, work: Callable[[], Found], done: Callable[[], object] = lambda: None) -> Found:
    """What `work` returns or raises; `done` is called whenever it ends.

    Raises ChoicesUnavailable if that takes too long: the thread it is in is left to itself.
    """
    outcome: list[Callable[[], Found]] = []

    def run() -> None:
        try:
            found = work()
            outcome.append(lambda: found)
        except Exception as error:
            outcome.append(_raiser(error))
        except BaseException as error:  # sys.exit() ends this look, not the app
            outcome.append(_raiser(RuntimeError(f"it raised {type(error).__name__}")))
        finally:
            done()

    thread = threading.Thread(target=run, name="choices", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        log.warning("Choices were not looked up within %.0f s", seconds)
        raise ChoicesUnavailable("Loading the choices took too long. Try again.")
    return outcome[0]()


def look_up(asked: Field, look: Look) -> list[Choice]:
    """What the field's function returns. Raises TypeError and ValueError for what is no choice."""
    assert asked.source
    told = {name: getattr(look, name) for name in asked.source.takes}
    returned = asked.source.function(**told)
    pairs = returned.items() if isinstance(returned, Mapping) else returned
    found: dict[str, Choice] = {}
    for each in _each(asked, pairs):
        choice = _choice(asked, each)
        found.setdefault(choice.value, choice)
        if len(found) >= MOST_CHOICES:
            break
    return list(found.values())


def _each(asked: Field, returned: Any) -> Iterable[Any]:
    if isinstance(returned, (str, bytes)) or not isinstance(returned, Iterable):
        raise TypeError(f"the choices of {asked.name} are {type(returned).__name__}, not a list")
    return returned


def _choice(asked: Field, given: Any) -> Choice:
    if isinstance(given, Choice):
        return given
    value, label = given if isinstance(given, tuple) and len(given) == 2 else (given, "")
    if not isinstance(value, str) or not isinstance(label, str):
        raise TypeError(f"{asked.name} offers {given!r}, which is neither a text nor a text with its label")
    if value != value.strip() or not 1 <= len(value) <= MAX_LOOKED_UP or "\n" in value:
        raise ValueError(
            f"{asked.name} offers {value!r}: one line of 1 to {MAX_LOOKED_UP} characters, please"
        )
    return Choice(value, label.strip())


def _matching(choices: list[Choice], query: str) -> list[Choice]:
    wanted = query.strip().casefold()
    return [each for each in choices if wanted in each.label.casefold() or wanted in each.value.casefold()]


def _refusal(asked: Field, value: str, known: Mapping[str, Choice]) -> str:
    hint = did_you_mean(value, list(known))
    return f"{asked.name} must be one of its choices now; got {quoted(value)}. {hint}".rstrip()


def _raiser(error: Exception) -> Callable[[], Any]:
    def again() -> Any:
        raise error

    return again
