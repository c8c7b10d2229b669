"""An admin reads plain words for every scope, whatever the manifest asks for."""

from __future__ import annotations

import pytest

from oauth.facts import Facts, read_facts
from oauth.failure import Kind
from oauth.pages.failed import build_failed_page
from oauth.pages.install import build_install_page
from oauth.scopes import OF_A_PERSON, OF_THE_BOT, in_words
from wiring.installing import manifest

SCOPES = manifest()["oauth_config"]["scopes"]


def facts(**changed: object) -> Facts:
    return read_facts(manifest() | changed, stage_suffix="", kept="in a drawer", is_restricted=False)


def test_each_scope_of_the_manifest_has_words_and_a_reason() -> None:
    for words in [*in_words(SCOPES["bot"]), *in_words(SCOPES.get("user", ()), of_a_person=True)]:
        assert words.why, f"oauth/scopes.py has no words for {words.scope}"


def test_there_are_no_words_for_what_is_not_asked() -> None:
    assert set(OF_THE_BOT) == set(SCOPES["bot"])
    assert set(OF_A_PERSON) == set(SCOPES.get("user", ()))


def test_a_scope_without_words_is_named_as_slack_names_it() -> None:
    page = build_install_page(facts(oauth_config={"scopes": {"bot": ["pins:<i>"]}}), "https://slack.com/")
    assert "what Slack calls pins:&lt;i&gt;" in page


def test_what_is_asked_in_peoples_own_name_stands_apart() -> None:
    page = build_install_page(
        facts(oauth_config={"scopes": {"bot": ["commands"], "user": ["search:read"]}}), "https://slack.com/"
    )
    bot, _, person = page.partition("in your own name")
    assert "commands" in bot
    assert "search:read" in person
    assert "in your own name" not in build_install_page(facts(), "https://slack.com/")


def test_a_stage_is_called_as_its_manifest_calls_it() -> None:
    stage = read_facts(manifest(), stage_suffix="-dev", kept="", is_restricted=True)
    assert (stage.name, stage.command) == ("Errand dev", "/run-dev")
    assert "Errand dev serves only workspaces" in build_install_page(stage, "https://slack.com/")


@pytest.mark.parametrize("kind", Kind)
def test_every_failure_says_what_happened_and_what_to_do_with_the_apps_own_name(kind: Kind) -> None:
    page = build_failed_page("<Errand>", kind.value, reference="E-00000000")
    assert "{" not in page.partition("</style>")[2]
    assert "<Errand>" not in page
    assert page.count('<p class="lead') == 2
