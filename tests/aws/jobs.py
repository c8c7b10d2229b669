"""Jobs that count what they do at a place outside the table."""

from __future__ import annotations

from dataclasses import dataclass

from runs.context import RunContext
from runs.inputs import ask
from runs.job import job

COUNTED: list[str] = []


@dataclass(frozen=True)
class Nothing:
    pass


@dataclass(frozen=True)
class Pieces:
    pieces: int = ask("How many pieces", minimum=1)


@job("Say hello")
def say_hello(inputs: Nothing, run: RunContext) -> str:
    COUNTED.append("hello")
    return "Hello"


@job("Fail badly")
def fail_badly(inputs: Nothing, run: RunContext) -> str:
    COUNTED.append("failed")
    raise RuntimeError("the database password is hunter2")


@job("Count pieces")
def count_pieces(inputs: Pieces, run: RunContext) -> str:
    """Does its pieces one after the other, each once, over as many invocations as that takes."""
    done = (run.last_checkpoint or {"done": 0})["done"]
    for piece in range(done, inputs.pieces):
        COUNTED.append(str(piece))
        run.checkpoint({"done": piece + 1})
    return f"Counted {inputs.pieces} pieces."


@job("Count alone", exclusive=True)
def count_alone(inputs: Pieces, run: RunContext) -> str:
    """As count_pieces, one run at a time."""
    done = (run.last_checkpoint or {"done": 0})["done"]
    for piece in range(done, inputs.pieces):
        COUNTED.append(str(piece))
        run.checkpoint({"done": piece + 1})
    return "Counted."


@job("Die alone", exclusive=True)
def die_alone(inputs: Nothing, run: RunContext) -> str:
    """The first time."""
    COUNTED.append("tried")
    if len(COUNTED) == 1:
        raise KilledByLambda
    return "The second time."


@job("Die once", retry_safe=True)
def die_once(inputs: Nothing, run: RunContext) -> str:
    COUNTED.append("tried")
    if len(COUNTED) == 1:
        raise KilledByLambda
    return "The second time."


@job("Die")
def die(inputs: Nothing, run: RunContext) -> str:
    COUNTED.append("tried")
    raise KilledByLambda


@job("Deploy the site", approvers="workspace_admins")
def deploy_site(inputs: Nothing, run: RunContext) -> str:
    COUNTED.append("deployed")
    return "Deployed."


@dataclass(frozen=True)
class Colour:
    colour: str = ask("Colour", choices=lambda: ["red", "blue"])


@job("Paint it", retry_safe=True)
def paint(inputs: Colour, run: RunContext) -> str:
    """Shows what it has done so far, and dies the first time."""
    COUNTED.append(inputs.colour)
    run.chart("bar", {"red": 1, "blue": len(COUNTED)}, title="Strokes")
    run.table([{"colour": inputs.colour}], title="Colours")
    if len(COUNTED) == 1:
        raise KilledByLambda
    return "Painted."


JOBS_OF_TESTS = (
    count_alone,
    die_alone,
    say_hello,
    fail_badly,
    count_pieces,
    die_once,
    die,
    deploy_site,
    paint,
)


class KilledByLambda(BaseException):
    """As when memory or time runs out: nothing of ours gets to say anything any more."""
