"""A job's inputs: an instance of its frozen dataclass, made from a form, from text or from a stored record.

    @dataclass(frozen=True)
    class Inputs:
        channel: ChannelId = ask("Channel to export")
        days: int = ask("How many days back", default=7, minimum=1, maximum=365)
        format: Literal["csv", "json"] = "csv"

Types: str, int, float, bool, date, a Literal of strings, an Enum, ChannelId, UserId; lists of the last four; any
of these with `| None` if it need not be answered. An Enum's members are typed by their values if those are text,
else by their names in lower case; the job gets the member. A bool without a default is False: a box not ticked.

What is declared is checked once, by `fields_of`, which raises BadDeclaration; what people answer, every time,
by `build_inputs`, which raises InvalidInputs. A dataclass may compare its fields in `__post_init__` and raise
InvalidInputs({name: sentence}) itself.
"""

from runs.inputs.answers import InvalidInputs, RawValue, validate
from runs.inputs.declarations import BadDeclaration, ChannelId, UserId, ask, fields_of
from runs.inputs.fields import Choice, Field, Kind
from runs.inputs.records import (
    build_inputs,
    channels_in,
    describe_inputs,
    dump_inputs,
    load_inputs,
    long_lists,
    replace_names,
    unresolved_names,
)

__all__ = [
    "BadDeclaration",
    "ChannelId",
    "Choice",
    "Field",
    "InvalidInputs",
    "Kind",
    "RawValue",
    "UserId",
    "ask",
    "build_inputs",
    "channels_in",
    "describe_inputs",
    "dump_inputs",
    "fields_of",
    "load_inputs",
    "long_lists",
    "replace_names",
    "unresolved_names",
    "validate",
]
