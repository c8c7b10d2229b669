"""The functions a manifest declares (https://docs.slack.dev/reference/app-manifest#functions)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
OF_THE_APP = "#/functions/"


@dataclass(frozen=True)
class Parameter:
    """`options_of`: the function of the same app that is asked what may be chosen, and with which inputs."""

    name: str
    type: str
    title: str
    description: str
    hint: str
    is_required: bool
    choices: tuple[tuple[str, str], ...] = ()
    options_of: str = ""
    options_inputs: tuple[tuple[str, Any], ...] = ()

    def to_json(self) -> Json:
        """As `function_executed` describes it."""
        return {
            "type": self.type,
            "name": self.name,
            "description": self.description,
            "title": self.title,
            "is_required": self.is_required,
        } | ({"hint": self.hint} if self.hint else {})


@dataclass(frozen=True)
class Function:
    callback_id: str
    title: str
    description: str
    inputs: tuple[Parameter, ...]
    outputs: tuple[Parameter, ...]


def read_functions(raw: Json) -> tuple[Function, ...]:
    return tuple(
        Function(
            callback_id=callback_id,
            title=each.get("title", callback_id),
            description=each.get("description", ""),
            inputs=tuple(_parameters(each.get("input_parameters", {}))),
            outputs=tuple(_parameters(each.get("output_parameters", {}))),
        )
        for callback_id, each in raw.items()
    )


def _parameters(raw: Json) -> Iterator[Parameter]:
    """In either of the manifest's two forms: by name, or `properties` beside a list of what is `required`."""
    properties, required = raw, set[str]()
    if isinstance(raw.get("properties"), dict) and "type" not in raw["properties"]:
        properties, required = raw["properties"], set(raw.get("required", ()))
    for name, each in properties.items():
        dynamic = each.get("dynamic_options") or {}
        yield Parameter(
            name=name,
            type=each["type"],
            title=each.get("title") or name,
            description=each.get("description", ""),
            hint=each.get("hint", ""),
            is_required=bool(each.get("is_required", name in required)),
            choices=tuple(_choices(each)),
            options_of=dynamic.get("function", "").removeprefix(OF_THE_APP),
            options_inputs=tuple((dynamic.get("inputs") or {}).items()),
        )


def _choices(raw: Json) -> Iterator[tuple[str, str]]:
    """What a text may be: its value, and how it is called."""
    titles = {each.get("value"): each.get("title") for each in raw.get("choices", ())}
    for value in raw.get("enum") or titles:
        yield str(value), str(titles.get(value) or value)
