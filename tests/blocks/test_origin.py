"""What comes back from a person's browser may be anything at all."""

import json

from hypothesis import given
from hypothesis import strategies as st

from blocks.origin import FormLink, Origin, RunQuery
from runs.run import RunState
from runs.store import Place

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
MADE_UP = (
    st.text()
    | JSON.map(json.dumps)
    | st.fixed_dictionaries({"job": JSON, "channel_id": JSON}).map(json.dumps)
    | st.fixed_dictionaries({"requester": JSON, "job": JSON, "state": JSON, "before": JSON}).map(json.dumps)
)


@given(MADE_UP)
def test_anything_at_all_can_be_read(text: str) -> None:
    origin, link = Origin.load(text), FormLink.load(text)
    assert isinstance(origin.job, str)
    assert isinstance(origin.channel_id, str | None)
    assert isinstance(link.job, str)
    assert isinstance(link.answers, dict)


@given(st.builds(Origin, st.text(), st.text(min_size=1), st.text(min_size=1)))
def test_an_origin_comes_back_as_it_was(origin: Origin) -> None:
    assert Origin.load(origin.dumped()) == origin


@given(st.builds(FormLink, st.text(max_size=50), st.dictionaries(st.text(), st.text())))
def test_a_link_fits_a_button_and_leads_to_its_job(link: FormLink) -> None:
    assert len(link.dumped()) <= 2000
    assert FormLink.load(link.dumped()).job == link.job


def test_answers_too_long_for_a_button_are_left_out() -> None:
    assert FormLink.load(FormLink("say-it", {"text": "x" * 3000}).dumped()) == FormLink("say-it")


IDS = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=20)


@given(MADE_UP)
def test_a_place_in_a_list_is_read_with_suspicion(text: str) -> None:
    query = RunQuery.load(text)
    for each in (query.requester, query.job):
        assert each is None or "#" not in each
    assert query.before is None or 0 <= query.before.created_at < 1e12


@given(
    st.builds(
        RunQuery,
        st.none() | IDS,
        st.none() | IDS,
        st.none() | st.sampled_from(RunState),
        st.none() | st.builds(Place, st.floats(0, 1e11), IDS),
    )
)
def test_a_page_of_runs_comes_back_as_it_was_asked_for(query: RunQuery) -> None:
    assert RunQuery.load(query.dumped()) == query
    assert len(query.dumped()) <= 2000
