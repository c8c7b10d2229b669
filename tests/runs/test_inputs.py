import json
from dataclasses import dataclass, field, make_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Literal, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.inputs import (
    BadDeclaration,
    ChannelId,
    Choice,
    Field,
    InvalidInputs,
    Kind,
    UserId,
    ask,
    build_inputs,
    describe_inputs,
    dump_inputs,
    fields_of,
    load_inputs,
    replace_names,
    unresolved_names,
    validate,
)
from tests.runs.declared import Region, Weekday, answered


@dataclass(frozen=True)
class Inputs:
    channel: ChannelId = ask("Channel to export")
    days: int = ask("How many days back", default=7, minimum=1, maximum=365)
    format: Literal["csv", "json"] = "csv"
    include_threads: bool = False
    since: date | None = ask(default=None, minimum=date(2020, 1, 1))
    reviewers: list[UserId] = ask(default=[], maximum=2)


def declared(hint: Any, /, **asked: Any) -> Any:
    return make_dataclass("Inputs", [("it", hint, ask(**asked))], frozen=True)


def answer(hint: Any, raw: Any, **asked: Any) -> Any:
    return build_inputs(declared(hint, **asked), {"it": raw}).it


def refusal(hint: Any, raw: Any, **asked: Any) -> str:
    with pytest.raises(InvalidInputs) as refused:
        answer(hint, raw, **asked)
    return refused.value.errors["it"]


def test_a_dataclass_says_what_is_asked() -> None:
    channel, days, format_, threads, since, reviewers = fields_of(Inputs)
    assert (channel.kind, channel.required, channel.label) == (Kind.CHANNEL, True, "Channel to export")
    assert (days.kind, days.default, days.minimum, days.maximum) == (Kind.INTEGER, 7, 1, 365)
    assert (format_.kind, format_.choices) == (Kind.CHOICE, (Choice("csv"), Choice("json")))
    assert (threads.kind, threads.default, threads.label) == (Kind.BOOLEAN, False, "Include threads")
    assert (since.kind, since.required, since.nullable) == (Kind.DATE, False, True)
    assert (reviewers.kind, reviewers.many, reviewers.default) == (Kind.USER, True, ())


def test_fields_are_made_once() -> None:
    assert fields_of(Inputs) is fields_of(Inputs)


def test_an_enum_is_typed_by_its_text_or_else_its_name() -> None:
    region, weekday = fields_of(make_dataclass("Two", [("a", Region), ("b", Weekday)], frozen=True))
    assert [choice.value for choice in region.choices] == ["eu-north-1", 'us "west", too']
    assert [(choice.value, choice.label) for choice in weekday.choices] == [
        ("monday", "Monday"),
        ("day_off", "Day off"),
    ]


@pytest.mark.parametrize(
    ("hint", "raw", "value"),
    [
        (str, " as it is ", " as it is "),
        (int, " 30 ", 30),
        (int, "-5", -5),
        (int, "٣", 3),
        (float, "1.5", 1.5),
        (float, "1e-7", 1e-7),
        (float, 2, 2.0),
        (bool, "Yes", True),
        (bool, "off", False),
        (bool, False, False),
        (date, "2026-02-28", date(2026, 2, 28)),
        (date, "2026-2-3", date(2026, 2, 3)),
        (Literal["csv", "CSV"], "CSV", "CSV"),
        (Literal["csv", "json"], " JSON ", "json"),
        (Weekday, "day off", Weekday.DAY_OFF),
        (Region, "EU-north-1", Region.NORTH),
        (ChannelId, "<#C0123|general>", "C0123"),
        (ChannelId, "<#C0123|>", "C0123"),
        (ChannelId, "<#G0123>", "G0123"),
        (ChannelId, "C0123ABCD", "C0123ABCD"),
        (ChannelId, "CABCDEFGH", "CABCDEFGH"),
        (ChannelId, "General", "#general"),
        (ChannelId, "GENERAL", "#general"),
        (ChannelId, "#büro", "#büro"),
        (UserId, "<@U0123|ann>", "U0123"),
        (UserId, "W0123", "W0123"),
        (UserId, "ann", "@ann"),
        (UserId, "@Ann Smith", "@Ann Smith"),
        (list[ChannelId], ["C01", "#a", "<#C01>"], ["C01", "#a"]),
        (list[Literal["a", "b"]], ["b", "a", "B"], ["b", "a"]),
        (list[UserId], "@ann", ["@ann"]),
        (Optional[int], "3", 3),  # noqa: UP045
    ],
)
def test_an_answer_is_read(hint: Any, raw: Any, value: Any) -> None:
    assert answer(hint, raw) == value
    assert type(answer(hint, raw)) is type(value)


@pytest.mark.parametrize(
    ("hint", "asked", "raw", "sentence"),
    [
        (int, {"minimum": 1, "maximum": 365}, "soon", 'a whole number from 1 to 365; got "soon".'),
        (int, {"minimum": 1, "maximum": 365}, "366", 'a whole number from 1 to 365; got "366".'),
        (int, {"minimum": 1}, "0", 'a whole number, 1 or more; got "0".'),
        (int, {"maximum": 9}, "10", 'a whole number, 9 at most; got "10".'),
        (int, {}, "1.5", 'a whole number; got "1.5".'),
        (int, {}, "1_000", 'a whole number; got "1_000".'),
        (int, {}, "9" * 16, 'a whole number; got "9999999999999999". 15 digits are the most.'),
        (int, {}, ["1", "2"], "a whole number; got 2 values. Give one."),
        (int, {}, True, 'a whole number; got "yes".'),
        (int, {}, {}, 'a whole number; got "{}".'),
        (float, {}, "1,5", 'a number, such as 1.5; got "1,5".'),
        (float, {}, "nan", 'a number, such as 1.5; got "nan".'),
        (float, {}, "1e999", 'a number, such as 1.5; got "1e999".'),
        (bool, {}, "maybe", 'yes or no; got "maybe".'),
        (date, {}, "tomorrow", 'a date, such as 2026-01-31; got "tomorrow".'),
        (date, {}, "2026-02-30", 'a date, such as 2026-01-31; got "2026-02-30". There is no such day.'),
        (
            date,
            {"minimum": date(2026, 1, 1)},
            "2025-12-31",
            'a date, 2026-01-01 or later; got "2025-12-31".',
        ),
        (Literal["csv", "json"], {}, "jsn", 'csv or json; got "jsn". Did you mean json?'),
        (Literal["a", "b", "c"], {}, "x", 'a, b or c; got "x".'),
        (ChannelId, {}, "@ann", 'a channel, such as #general; got "@ann". That is a person.'),
        (ChannelId, {}, "<@U01|ann>", 'a channel, such as #general; got "@ann". That is a person.'),
        (ChannelId, {}, "two words", 'a channel, such as #general; got "two words".'),
        (ChannelId, {}, "<#D0123>", 'a channel, such as #general; got "#D0123".'),
        (UserId, {}, "#general", 'a person, such as @ann; got "#general". That is a channel.'),
        (UserId, {}, "@here", 'a person, such as @ann; got "@here". That is a group of people.'),
        (
            UserId,
            {},
            "<!subteam^S01>",
            'a person, such as @ann; got "@subteam^S01". That is a group of people.',
        ),
        (
            list[UserId],
            {"minimum": 2, "maximum": 3},
            ["@a"],
            "people, such as @ann,@bob (from 2 to 3); got 1 of them.",
        ),
        (
            list[ChannelId],
            {},
            ["a"] * 101,
            "channels, such as #general,#random; got 101 of them. 100 is the most.",
        ),
        (list[Literal["a", "b"]], {}, ["a", "z"], 'one or more of a, b; got "z".'),
        (str, {}, "two\nlines", 'one line of text; got "two\nlines". It has a line break in it.'),
        (str, {}, "a\x07b", 'one line of text; got "a�b". It has a control character in it.'),
        (str, {}, "\ud83d", 'one line of text; got "�". It has a control character in it.'),
        (
            str,
            {"minimum": 3, "maximum": 5},
            "toolong",
            'one line of text of 3 to 5 characters; got "toolong".',
        ),
    ],
)
def test_a_refusal_says_what_is_accepted_and_what_was_given(
    hint: Any, asked: dict[str, Any], raw: Any, sentence: str
) -> None:
    assert refusal(hint, raw, **asked) == f"it must be {sentence}"


def test_long_text_is_refused_in_few_words() -> None:
    assert refusal(str, "x" * 40_000).endswith(
        '… ". It has 40,000 characters; 3,000 is the most.'.replace(" ", "", 1)
    )
    assert len(refusal(str, "x" * 40_000)) < 200


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidInputs) as refused:
        build_inputs(Inputs, {"dys": "3", "days": "soon", "format": "xml"})
    assert refused.value.errors == {
        "dys": 'There is no input called "dys". Did you mean days?',
        "channel": "channel is required: give a channel, such as #general.",
        "days": 'days must be a whole number from 1 to 365; got "soon".',
        "format": 'format must be csv or json; got "xml".',
    }
    assert str(refused.value) == "\n".join(refused.value.errors.values())


def test_what_is_not_answered_has_its_default() -> None:
    inputs = build_inputs(Inputs, {"channel": "C01"})
    assert inputs == Inputs(channel=ChannelId("C01"))
    assert inputs.reviewers is not build_inputs(Inputs, {"channel": "C01"}).reviewers


@pytest.mark.parametrize("emptied", [None, "", " ", []])
@pytest.mark.parametrize(
    ("hint", "asked", "value"),
    [
        (int, {"default": 7}, 7),
        (int | None, {"default": 7}, None),
        (list[UserId], {"default": ["@ann"]}, []),
        (list[UserId], {"default": ["@ann"], "minimum": 1}, ["@ann"]),
        (list[UserId] | None, {}, None),
        (bool, {}, False),
        (str | None, {"minimum": 2}, None),
        (str, {"default": "usual", "minimum": 2}, "usual"),
        (Literal["a", "b"], {"default": "b"}, "b"),
    ],
)
def test_an_emptied_answer_is_nothing_if_that_is_allowed_else_the_default(
    hint: Any, asked: dict[str, Any], value: Any, emptied: Any
) -> None:
    assert answer(hint, emptied, **asked) == value


def test_emptied_text_is_no_text() -> None:
    assert answer(str, None, default="usual") == ""
    assert answer(str | None, None, default="usual") is None
    assert answer(str | None, "") == ""


@pytest.mark.parametrize("blank", [None, "", " \n ", []])
@pytest.mark.parametrize("hint", [str, int, float, date, ChannelId, list[UserId], Weekday])
def test_a_required_answer_may_not_be_blank(hint: Any, blank: Any) -> None:
    assert refusal(hint, blank).startswith("it is required: give ")


def test_line_breaks_of_every_system_are_the_same() -> None:
    assert answer(str, "a\r\nb\rc", multiline=True) == "a\nb\nc"


def test_fields_can_be_validated_without_a_dataclass() -> None:
    where = Field(
        "where", Kind.CHOICE, default="dm", choices=(Choice("dm", "Only to me"), Choice("here", "Here"))
    )
    assert validate((where,), {}) == {"where": "dm"}
    assert validate((where,), {"where": "only to me"}) == {"where": "dm"}
    with pytest.raises(InvalidInputs, match='where must be dm or here; got "x"'):
        validate((where,), {"where": "x"})


def test_a_dataclass_may_compare_its_answers_itself() -> None:
    @dataclass(frozen=True)
    class Span:
        start: int
        end: int

        def __post_init__(self) -> None:
            if self.end < self.start:
                raise InvalidInputs({"end": "end must not be before start."})

    with pytest.raises(InvalidInputs, match="not be before"):
        build_inputs(Span, {"start": "2", "end": "1"})


@given(answered())
def test_inputs_survive_being_stored(case: tuple[Any, dict[str, Any]]) -> None:
    inputs = build_inputs(*case)
    assert load_inputs(case[0], json.loads(json.dumps(dump_inputs(inputs)))) == inputs


def test_a_record_of_another_declaration_is_refused() -> None:
    with pytest.raises(InvalidInputs) as refused:
        load_inputs(Inputs, {"channel": "C01", "days": 9999, "gone": 1})
    assert refused.value.errors.keys() == {"days", "gone"}


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=5)
)
@pytest.mark.parametrize("name", ["channel", "days", "format", "include_threads", "since", "reviewers"])
def test_any_answer_is_read_or_refused_in_words(name: str, raw: Any) -> None:
    try:
        build_inputs(Inputs, {"channel": "C01", name: raw})
    except InvalidInputs as refused:
        assert str(refused).encode()  # noqa: PT017


def test_names_wait_to_be_resolved() -> None:
    inputs = Inputs(ChannelId("#general"), reviewers=[UserId("@ann"), UserId("U01"), UserId("@bob")])
    assert unresolved_names(inputs) == (
        ("channel", "#general"),
        ("reviewers", "@ann"),
        ("reviewers", "@bob"),
    )
    resolved = replace_names(inputs, {"#general": "C01", "@ann": "U01", "@bob": "U02"})
    assert resolved == Inputs(ChannelId("C01"), reviewers=[UserId("U01"), UserId("U02")])
    assert unresolved_names(resolved) == ()


def test_text_that_looks_like_a_name_is_left_alone() -> None:
    note = declared(str)("#general")
    assert unresolved_names(note) == ()
    assert replace_names(note, {"#general": "C01"}) == note


def test_inputs_are_described_for_people() -> None:
    inputs = Inputs(ChannelId("C01"), 30, include_threads=True, reviewers=[UserId("U01"), UserId("@ann")])
    assert describe_inputs(inputs) == [
        ("Channel to export", "<#C01>"),
        ("How many days back", "30"),
        ("Format", "csv"),
        ("Include threads", "Yes"),
        ("Since", "—"),
        ("Reviewers", "<@U01>, @ann"),
    ]


def test_a_description_brings_no_mention_to_life_and_is_cut_between_entities() -> None:
    described = dict(describe_inputs(declared(str, multiline=True)("<!channel>\n" + "&" * 300)))["It"]
    assert described == "&lt;!channel&gt; " + "&amp;" * 188 + "…"


def test_a_long_list_is_described_by_its_beginning() -> None:
    people = [UserId(f"U{number:09}") for number in range(100)]
    ((_, described),) = describe_inputs(declared(list[UserId])(people))
    assert described.endswith("<@U000000012> and 87 more")


@pytest.mark.parametrize(
    ("hint", "asked", "problem"),
    [
        (bytes, {}, "Inputs.it has the type bytes, which no form can ask for. Instead: str, int,"),
        (datetime, {}, "has the type datetime"),
        (dict[str, int], {}, "has the type dict[str, int]"),
        (int | str, {}, "has the type int | str"),
        (list, {}, "has the type list"),
        (tuple[UserId, ...], {}, "has the type tuple[runs.inputs.declarations.UserId, ...]"),
        (list[str], {}, "is a list of str. Instead: a list of a Literal"),
        (Literal["a", 1], {}, "offers 1, which is not text. Instead: text only, such as '1'"),
        (Literal["a", None], {}, "offers None. Instead: Literal[…] | None"),
        (Literal[""], {}, "offers ''"),
        (Literal[" a"], {}, "offers ' a'"),
        (Literal[tuple(map(str, range(101)))], {}, "has 101 choices. Instead: 1 to 100"),
        (Enum("Same", {"A": "b", "B": 1}), {}, "offers 'b' twice"),
        (int, {"default": "7"}, "has the default '7'"),
        (int, {"default": True}, "has the default True"),
        (int, {"default": None}, "has the default None. Instead: `| None` in its type"),
        (
            int,
            {"default": 400, "maximum": 365},
            "has the default 400. Instead: it must be a whole number, 365 at most",
        ),
        (date, {"default": datetime(2026, 1, 1)}, "has the default datetime.datetime"),  # noqa: DTZ001
        (Literal["csv", "json"], {"default": "xml"}, "has the default 'xml'. Instead: csv or json"),
        (Weekday, {"default": "monday"}, "has the default 'monday'"),
        (ChannelId, {"default": "general"}, "has the default 'general'"),
        (list[UserId], {"default": "@ann"}, "Instead: ask(default=[…])"),
        (list[Literal["a"]], {"default": ["b"]}, "Instead: one or more of a"),
        (int, {"default": ["1"]}, "Instead: one value"),
        (str, {"default": "a\x00"}, "It has a control character in it."),
        (int, {"minimum": 9, "maximum": 1}, "Instead: minimum=1, maximum=9"),
        (int, {"minimum": 1.5}, "is bounded by 1.5. Instead: int here"),
        (date, {"minimum": 1}, "is bounded by 1. Instead: date here"),
        (bool, {"minimum": 1}, "Instead: no minimum and no maximum"),
        (str, {"maximum": 3001}, "is limited to 3001. Instead: from 1 to 3000"),
        (list[UserId], {"maximum": 0}, "is limited to 0. Instead: from 1 to 100"),
        (list[Literal["a", "b"]], {"minimum": 3}, "is limited to 3. Instead: from 1 to 2"),
        (int, {"multiline": True}, "is multiline but not text"),
        (int, {"label": "x" * 2001}, "has a long label. Instead: 2000 characters at most"),
        (int, {"label": "  "}, "has a blank label"),
        (int, {"hint": "x" * 2001}, "has a long hint"),
        (int, {"placeholder": "x" * 151}, "has a long placeholder. Instead: 150 characters at most"),
        ("Nowhere", {}, "has a type that cannot be found: name 'Nowhere' is not defined"),
    ],
)
def test_a_declaration_that_cannot_become_a_form_is_refused(
    hint: Any, asked: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadDeclaration) as refused:
        fields_of(declared(hint, **asked))
    assert problem in str(refused.value)


def test_a_dataclass_has_to_be_frozen() -> None:
    @dataclass
    class Thawed:
        days: int = 7

    with pytest.raises(
        BadDeclaration, match=r"Thawed is not a frozen dataclass\. Instead: @dataclass\(frozen=True\)"
    ):
        fields_of(Thawed)
    with pytest.raises(BadDeclaration, match="is not a frozen dataclass"):
        fields_of(int)


def test_a_refused_declaration_is_found_by_file_and_line() -> None:
    @dataclass(frozen=True)
    class Misdeclared:
        days: int = 7
        data: bytes = b""

    with pytest.raises(BadDeclaration) as refused:
        fields_of(Misdeclared)
    assert refused.value.file == __file__
    with open(__file__) as source:
        assert source.readlines()[refused.value.line - 1].strip() == 'data: bytes = b""'


def test_more_fields_than_a_modal_holds_are_refused() -> None:
    crowded = make_dataclass("Crowded", [(f"field_{number}", int) for number in range(91)], frozen=True)
    with pytest.raises(BadDeclaration, match="has 91 fields"):
        fields_of(crowded)


def test_what_a_dataclass_works_out_itself_is_not_asked() -> None:
    @dataclass(frozen=True)
    class Derived:
        days: int
        hours: int = field(init=False, default=0)

    assert [each.name for each in fields_of(Derived)] == ["days"]
    assert build_inputs(Derived, {"days": "2"}) == Derived(2)
