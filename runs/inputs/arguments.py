"""The text after `/run <job>`: `channel=#general days=30 note="until Friday" threads`.

All text that comes in or goes out here is as Slack sends and shows it: `&`, `<` and `>` escaped, mentions and
links as `<…>`. A value may stand in quotes of any usual sort, where a backslash takes a quote or a backslash
literally; lists are separated by commas; the bare name of a yes-or-no field means yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from runs.inputs import answers
from runs.inputs.answers import RawValue, unknown_name
from runs.inputs.fields import Field, Kind
from runs.inputs.notation import NOTATIONS, is_typeable, quoted
from runs.mrkdwn import cut, escape, unescape

MAX_PROBLEMS: Final = 5  # a person reads no more at once
MOST_SHOWN: Final = 40  # characters of what was typed

# Phones and Macs write “smart” quotes by themselves, languages have their own.
_CLOSING: Final = {'"': '"', "'": "'", "“": "”", "”": "”", "„": "“”", "‘": "’", "«": "»"}
_QUOTES: Final = "".join(sorted({*_CLOSING, *"".join(_CLOSING.values())}))

# Possessive quantifiers and disjoint alternatives: every pattern reads a character once, so that the time
# grows with the length only. `re` compiles them at their first use.
_SPACE: Final = r"\s*"
_NAME: Final = r"([^\W\d][\w-]*+)="
_WORD: Final = r"(?:<[^<>]*>|\S)*+"
_NAMELESS: Final = rf"(?:\s++(?!{_NAME}){_WORD})*+"  # more words of a text that should be in quotes
_ITEM: Final = r"(?:<[^<>]*>|[^\s,])*+"
_COMMA: Final = rf",(?:\s++(?!{_NAME}))?"  # a space after it is fine, the next argument's name is not
_QUOTED: Final = r"(?s:{opening}((?:[^{closing}\\]|\\.)*+)[{closing}])"
_ESCAPED: Final = rf"\\([{_QUOTES}\\])"
_ENTITY: Final = r"<([^<>]*)>"
_NEEDS_NO_QUOTES: Final = r"[\w.#@:/+-]+"


class BadArguments(ValueError):
    """Text that is no list of arguments; a line for each problem, plain text.

    `understood` has what could be read nevertheless, to fill a form with.
    """

    def __init__(self, problems: Sequence[str], understood: Mapping[str, RawValue]) -> None:
        super().__init__("\n".join(problems))
        self.problems, self.understood = tuple(problems), dict(understood)


def parse_arguments(text: str, fields: tuple[Field, ...]) -> dict[str, RawValue]:
    """What `build_inputs` and `validate` take. Raises BadArguments."""
    if not is_typeable(text):
        raise BadArguments(["There is a control character in the text: type it anew."], {})
    reader, found, problems = _Reader(text), dict[str, RawValue](), list[str]()
    while reader.more() and len(problems) < MAX_PROBLEMS:
        try:
            name, value = _argument(reader, fields)
            if name in found:
                raise _Problem(f"{name} is given twice: keep one.")
            found[name] = value
        except _Problem as problem:
            problems.append(str(problem))
    if problems:
        raise BadArguments(problems, found)
    return found


def example(command: str, fields: tuple[Field, ...]) -> str:
    """One line to copy: `/run export-channel channel=#general days=7`."""
    required = [field for field in fields if field.required]
    optional = [field for field in fields if not field.required]
    return " ".join([command, *map(_sample, required + optional[:1])])


def usage(command: str, fields: tuple[Field, ...]) -> str:
    """Help in mrkdwn: a line for every field, and an example."""
    if not fields:
        return f"`{escape(command)}` takes no inputs."
    return "\n".join([*map(_usage_line, fields), f"For example: `{example(escape(command), fields)}`"])


def _sample(field: Field) -> str:
    count = max(1, field.minimum or 1) if field.many else 1
    items = (NOTATIONS[field.kind].sample(field, number) for number in range(count))
    return f"{field.name}={','.join(map(_in_quotes, items))}"


def _usage_line(field: Field) -> str:
    return f"• `{field.name}` – {escape(answers.accepts(field))} ({_whether_required(field)})"


def _whether_required(field: Field) -> str:
    if field.required:
        return "required"
    if field.default in (None, "", ()):
        return "optional"
    return f"default {_typed(field, field.default)}"


def _typed(field: Field, value: Any) -> str:
    if value is None:
        return ""
    return ",".join(_typed_item(field, item) for item in (value if field.many else [value]))


def _typed_item(field: Field, item: Any) -> str:
    notation = NOTATIONS[field.kind]
    shown = notation.show(field, item)
    is_mention = shown.startswith("<")  # all else is escaped
    return shown if is_mention else _in_quotes(notation.write(field, item))


def _in_quotes(text: str) -> str:
    """If it needs them."""
    if re.fullmatch(_NEEDS_NO_QUOTES, text):
        return text
    return '"' + escape(re.sub(r'(["\\])', r"\\\1", text)) + '"'


# --- reading ---


class _Problem(Exception):
    """A sentence about one argument."""


class _Reader:
    """Goes through the text once, piece by piece."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def more(self) -> bool:
        self.take(_SPACE)
        return self.at < len(self.text)

    def take(self, pattern: str) -> re.Match[str] | None:
        found = re.compile(pattern).match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def items(self, *, many: bool) -> Iterator[str]:
        """The quoted or bare value here, or the values with commas between them; none if there is nothing."""
        more = True
        while more:
            yield from self._item(_ITEM if many else _WORD)
            more = many and self.take(_COMMA) is not None
        if self.text[self.at : self.at + 1].strip():
            raise self._stop(f"Put a space after the closing quote, before {self._shown(self.at)}")

    def _item(self, bare: str) -> Iterator[str]:
        start, opening = self.at, self.text[self.at : self.at + 1]
        if opening not in _CLOSING:
            found = self.take(bare)
            yield from filter(None, [found[0] if found else ""])
        elif quoted_item := self.take(_QUOTED.format(opening=opening, closing=_CLOSING[opening])):
            yield re.sub(_ESCAPED, r"\1", quoted_item[1])
        else:
            closing = _CLOSING[opening][0]
            raise self._stop(f"The quote in {self._shown(start)} is never closed: add {closing}")

    def _shown(self, start: int) -> str:
        return cut(_as_typed(self.text[start:]), MOST_SHOWN)

    def _stop(self, problem: str) -> _Problem:
        """After a quote gone wrong, nothing means what it seems to."""
        self.at = len(self.text)
        return _Problem(problem)


def _argument(reader: _Reader, fields: tuple[Field, ...]) -> tuple[str, RawValue]:
    name = reader.take(_NAME)
    if not name:
        return _bare_name(reader, fields)
    field = _field(name[1], fields)
    items = list(reader.items(many=field is not None and field.many))
    if not field:
        raise _Problem(unknown_name(name[1], [each.name for each in fields]))
    values = [_value(field, item) for item in items]
    return field.name, values if field.many else next(iter(values), None)


def _bare_name(reader: _Reader, fields: tuple[Field, ...]) -> tuple[str, RawValue]:
    found = reader.take(_WORD)
    word = _as_typed(found[0]) if found else ""
    field = _field(word, fields)
    if field and field.kind is Kind.BOOLEAN:
        return field.name, True
    if field:
        raise _Problem(f"{field.name} needs a value: {_sample(field)}")
    if not fields:
        raise _Problem(f"This job takes no inputs; got {quoted(word)}.")
    rest = reader.take(_NAMELESS)
    word += _as_typed(rest[0].rstrip()) if rest else ""
    raise _Problem(
        f'{quoted(word)} has no name. Write {_sample(fields[0])}, without spaces around "=", '
        f"and put quotes around text. The names are {', '.join(field.name for field in fields)}."
    )


def _field(name: str, fields: tuple[Field, ...]) -> Field | None:
    """By its name, or by what people make of it: Days, include-threads."""
    alike = [field for field in fields if field.name.casefold() == name.casefold().replace("-", "_")]
    exact = [field for field in alike if field.name == name]
    return next(iter(exact or alike), None)


def _value(field: Field, item: str) -> str:
    return unescape(item) if field.kind in (Kind.CHANNEL, Kind.USER) else _as_typed(item)


def _as_typed(text: str) -> str:
    """What the person typed, before Slack made links and mentions of it."""
    return unescape(re.sub(_ENTITY, lambda found: _entity_as_typed(found[1]), text))


def _entity_as_typed(entity: str) -> str:
    target, _, label = entity.partition("|")
    if target[:1] not in ("#", "@", "!"):
        return label or target
    sign = target[0].replace("!", "@")
    if not label and target[0] != "!":
        return f"&lt;{entity}&gt;"  # without a name, the id says more than nothing
    return sign + (label.lstrip("#@") or target[1:])
