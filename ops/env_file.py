"""Files of settings, `.env` and `.env.<stage>`: read in one place, so that each command understands them alike."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

NOT_A_SETTING: Final = """\
{name}, line {line}, cannot be read: {why}.
A line is NAME=value, or a # and a remark. A value with spaces or a # in it stands in quotes: NAME='a value'."""


class BadEnvFile(Exception):
    """Settings that cannot be read. The message names file and line, and never says what stands there."""


def read_env_file(path: Path) -> dict[str, str]:
    """Names and values; none if there is no such file. Raises BadEnvFile."""
    try:
        text = path.read_text("utf-8-sig")  # Windows' editors begin a file with a mark
    except FileNotFoundError:
        return {}
    except UnicodeError:
        raise BadEnvFile(f"{path} cannot be read: it is no text in UTF-8. Save it as such.") from None
    except OSError as error:
        raise BadEnvFile(
            f"{path} cannot be read: {error.strerror}. It has to be a file that you may read."
        ) from None
    return read_env_text(text, str(path))


def read_env_text(text: str, name: str) -> dict[str, str]:
    """Values as written: a $ or ${…} in a secret stands for itself. Empty is unset, wherever else it is set.

    `name` is what the text is called in an error. Raises BadEnvFile.
    """
    return dict(_settings(text, name))


def _settings(text: str, name: str) -> Iterator[tuple[str, str]]:
    for binding in parse_stream(StringIO(text)):
        if why := _problem(binding):
            raise BadEnvFile(NOT_A_SETTING.format(name=name, line=_line(binding), why=why))
        if binding.key and (value := (binding.value or "").strip()):
            yield binding.key, value


def _problem(binding: Binding) -> str | None:
    if binding.error:
        written = binding.original.string
        return "a quote in it is not closed" if _has_open_quote(written) else "it is not one NAME=value"
    if binding.key is None:
        return None  # a remark, or an empty line
    if binding.value is None:
        return "it has no ="
    return "there is a NUL character in it" if "\0" in binding.original.string else None


def _has_open_quote(written: str) -> bool:
    value = written.partition("=")[2].strip()
    return value[:1] in ("'", '"') and value.count(value[0]) % 2 == 1


def _line(binding: Binding) -> int:
    """python-dotenv counts the empty lines before it to what it could not read."""
    written = binding.original.string
    return binding.original.line + written[: len(written) - len(written.lstrip())].count("\n")
