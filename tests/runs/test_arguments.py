from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.inputs import ChannelId, InvalidInputs, UserId, ask, build_inputs, fields_of
from runs.inputs.arguments import BadArguments, _typed, example, parse_arguments, usage
from tests.runs.declared import answered


@dataclass(frozen=True)
class Inputs:
    channel: ChannelId = ask("Channel to export")
    days: int = ask("How many days back", default=7, minimum=1, maximum=365)
    format: Literal["csv", "json"] = "csv"
    include_threads: bool = False
    users: list[UserId] = ask(default=[])
    note: str = ask(default="", multiline=True)


FIELDS = fields_of(Inputs)


def parsed(text: str) -> dict[str, Any]:
    return parse_arguments(text, FIELDS)


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(BadArguments) as refused:
        parsed(text)
    return refused.value.problems


def test_nothing_typed_is_nothing_answered() -> None:
    assert parsed("") == parsed(" \n ") == {}


def test_arguments_are_names_with_values() -> None:
    assert parsed(" channel=#general  days=30 ") == {"channel": "#general", "days": "30"}


def test_a_mention_keeps_its_id() -> None:
    assert parsed("channel=<#C0123|general>") == {"channel": "<#C0123|general>"}
    assert build_inputs(Inputs, parsed("channel=<#C0123|>")).channel == "C0123"


def test_the_bare_name_of_a_yes_or_no_means_yes() -> None:
    assert parsed("include_threads") == {"include_threads": True}


def test_names_are_taken_as_people_type_them() -> None:
    assert parsed("Include-Threads=no DAYS=3") == {"include_threads": "no", "days": "3"}


@pytest.mark.parametrize(
    "typed",
    ['"two words"', "'two words'", "“two words”", "”two words”", "„two words“", "‘two words’", "«two words»"],
)
def test_a_value_may_stand_in_any_quotes(typed: str) -> None:
    assert parsed(f"note={typed} days=3") == {"note": "two words", "days": "3"}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (r'"say \"hi\""', 'say "hi"'),
        (r'"C:\new\dir"', r"C:\new\dir"),
        (r'"ends with \\"', "ends with \\"),
        ("don't", "don't"),
        ("'say \"hi\"'", 'say "hi"'),
        ('"two\nlines"', "two\nlines"),
        ("a=b", "a=b"),
        ("1,2", "1,2"),
        ('""', ""),
    ],
)
def test_quotes_and_backslashes_inside_a_value(typed: str, meant: str) -> None:
    assert parsed(f"note={typed}") == {"note": meant}


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<http://example.com|example.com>", "example.com"),
        ("<mailto:ann@example.com|ann@example.com>", "ann@example.com"),
        ("<!channel>", "@channel"),
        ("<!here|here>", "@here"),
        ("<!subteam^S123|@devs>", "@devs"),
        ("<#C123|general>", "#general"),
        ("<@U123|ann>", "@ann"),
        ("<@U123>", "<@U123>"),
        ("1&lt;2&amp;&amp;3&gt;2", "1<2&&3>2"),
        ("&amp;lt;", "&lt;"),
        ("<", "<"),
    ],
)
def test_text_is_what_the_person_typed_not_what_slack_made_of_it(sent: str, typed: str) -> None:
    assert parsed(f"note={sent}") == {"note": typed}


def test_a_list_has_commas_between_its_values() -> None:
    assert parsed('users=@ann,<@U2|bob, jr>,"Ann Smith" days=3') == {
        "users": ["@ann", "<@U2|bob, jr>", "Ann Smith"],
        "days": "3",
    }


def test_a_list_may_have_spaces_after_its_commas() -> None:
    assert parsed("users=@ann, @bob days=3") == {"users": ["@ann", "@bob"], "days": "3"}
    assert parsed("users=@ann,  days=3") == {"users": ["@ann"], "days": "3"}


def test_an_empty_value_is_an_emptied_answer() -> None:
    assert parsed("note= users= days=3") == {"note": None, "users": [], "days": "3"}


def test_all_problems_are_told_at_once_and_the_rest_is_understood() -> None:
    with pytest.raises(BadArguments) as refused:
        parsed("chanel=#general days=3 days=4 include_threads oops")
    assert refused.value.problems == (
        'There is no input called "chanel". Did you mean channel?',
        "days is given twice: keep one.",
        '"oops" has no name. Write channel=#general, without spaces around "=", and put quotes around text. '
        "The names are channel, days, format, include_threads, users, note.",
    )
    assert refused.value.understood == {"days": "3", "include_threads": True}


def test_an_open_quote_says_where_it_is() -> None:
    assert problems('days=3 note="until Friday') == ('The quote in "until Friday is never closed: add "',)
    assert problems("note=„offen") == ("The quote in „offen is never closed: add “",)
    [problem] = problems('note="<#C1|general> ' + "a" * 100)
    assert problem == f'The quote in "#general {"a" * 29}… is never closed: add "'


def test_text_right_after_a_closing_quote_is_refused() -> None:
    assert problems('note="a"b') == ("Put a space after the closing quote, before b",)


def test_a_name_alone_shows_how_to_give_it_a_value() -> None:
    assert problems("days") == ("days needs a value: days=7",)


def test_spaces_around_the_equals_sign_are_explained() -> None:
    value, nameless = problems("days = 3 include_threads=no")
    assert value == "days needs a value: days=7"
    assert nameless.startswith('"= 3" has no name. Write channel=#general, without spaces around "="')


def test_a_mention_in_a_problem_is_shown_as_it_was_typed() -> None:
    assert problems("channel = <#C0123|general> &amp; more")[1].startswith('"= #general & more" has no name.')
    with pytest.raises(InvalidInputs, match=r'got "@leila"\. That'):
        build_inputs(Inputs, parsed("channel=<@U0123|leila>"))
    with pytest.raises(InvalidInputs, match=r'got "@U0123"\. That'):
        build_inputs(Inputs, parsed("channel=<@U0123>"))


def test_text_without_quotes_is_one_problem() -> None:
    (problem,) = problems("note=until next Friday at noon days=3")
    assert problem.startswith('"next Friday at noon" has no name.')


def test_a_value_in_no_ones_name_is_shown_as_it_was_typed() -> None:
    assert problems("<!channel>")[0].startswith('"@channel" has no name.')


def test_control_characters_are_refused() -> None:
    assert problems("note=a\x00b") == ("There is a control character in the text: type it anew.",)
    assert problems("note=\ud83d") == ("There is a control character in the text: type it anew.",)


def test_a_job_without_inputs_says_so() -> None:
    with pytest.raises(BadArguments, match='takes no inputs; got "days"'):
        parse_arguments("days", ())
    assert usage("/run tidy-up", ()) == "`/run tidy-up` takes no inputs."


def test_help_has_a_line_for_every_input_and_an_example() -> None:
    assert usage("/run export-channel", FIELDS).splitlines() == [
        "• `channel` – a channel, such as #general (required)",
        "• `days` – a whole number from 1 to 365 (default 7)",
        "• `format` – csv or json (default csv)",
        "• `include_threads` – yes or no (default no)",
        "• `users` – people, such as @ann,@bob (optional)",
        "• `note` – text (optional)",
        "For example: `/run export-channel channel=#general days=7`",
    ]


@given(answered())
def test_every_example_is_taken(case: tuple[Any, Any]) -> None:
    fields = fields_of(case[0])
    answers = parse_arguments(example("", fields), fields)
    assert build_inputs(case[0], answers)


def test_arguments_are_written_in_slacks_escaping() -> None:
    inputs = Inputs(channel=ChannelId("C0123"), users=[UserId("@Ann Smith"), UserId("U2")], note='<a> & "b"')
    assert as_text(inputs).startswith("channel=<#C0123> ")
    assert as_text(inputs).endswith(' users="@Ann Smith",<@U2> note="&lt;a&gt; &amp; \\"b\\""')


@given(answered())
def test_what_is_written_parses_back_to_the_same_inputs(case: tuple[Any, dict[str, Any]]) -> None:
    cls, raw = case
    inputs = build_inputs(cls, raw)
    assert build_inputs(cls, parse_arguments(as_text(inputs), fields_of(cls))) == inputs


PIECES = st.sampled_from(
    [
        "channel=",
        "days=",
        "users=",
        "note=",
        "include_threads",
        " ",
        ",",
        '"',
        "'",
        "“",
        "”",
        "\\",
        "<",
        ">",
        "|",
        "#",
    ]
)


@given(st.lists(PIECES | st.text(max_size=5)).map("".join))
def test_any_text_is_parsed_or_refused_in_words(text: str) -> None:
    try:
        build_inputs(Inputs, parsed(text))
    except (BadArguments, InvalidInputs) as refused:
        assert str(refused).encode()  # noqa: PT017


@pytest.mark.parametrize(
    "prefix", ["", "note=", "users=", "channel=", 'note="', "users=“", "format=", "days="]
)
@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "'",
        "\\",
        '\\"',
        "👍🏽",
        "<",
        "<a",
        "<>",
        ",",
        ", ",
        ", a",
        " ",
        "=",
        "a=",
        "a ",
        "x",
        "1",
        "“”",
        "&amp;",
        '"a"',
        "\u202e",
    ],
)
def test_very_long_text_is_answered(prefix: str, piece: str) -> None:
    # Slack sends 40,000 characters at most; of ten times as many, anything but linear time would never end.
    text = prefix + piece * (400_000 // len(piece))
    try:
        build_inputs(Inputs, parsed(text))
    except (BadArguments, InvalidInputs) as refused:
        assert len(str(refused)) < 2000  # noqa: PT017


def as_text(inputs: Any) -> str:
    """The arguments that a person would type for these inputs."""
    fields = fields_of(type(inputs))
    return " ".join(f"{field.name}={_typed(field, getattr(inputs, field.name))}" for field in fields)
