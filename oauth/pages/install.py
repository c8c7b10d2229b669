"""The page where an admin decides: what is asked for, why, what is kept, and how to be rid of it."""

from __future__ import annotations

from collections.abc import Sequence

from oauth.facts import Facts
from oauth.pages.page import TILE, Html, page, text
from oauth.scopes import Words, in_words

# As Slack's own button has it: https://docs.slack.dev/authentication/installing-with-oauth
SLACK_MARK = (
    '<svg class="mark" viewBox="0 0 122.8 122.8" aria-hidden="true">'
    '<path fill="#e01e5a" d="M25.8 77.6c0 7.1-5.8 12.9-12.9 12.9S0 84.7 0 77.6s5.8-12.9 12.9-12.9h12.9v12.9zm6.5'
    ' 0c0-7.1 5.8-12.9 12.9-12.9s12.9 5.8 12.9 12.9v32.3c0 7.1-5.8 12.9-12.9 12.9s-12.9-5.8-12.9-12.9V77.6z"/>'
    '<path fill="#36c5f0" d="M45.2 25.8c-7.1 0-12.9-5.8-12.9-12.9S38.1 0 45.2 0s12.9 5.8 12.9 12.9v12.9H45.2zm0'
    ' 6.5c7.1 0 12.9 5.8 12.9 12.9s-5.8 12.9-12.9 12.9H12.9C5.8 58.1 0 52.3 0 45.2s5.8-12.9 12.9-12.9h32.3z"/>'
    '<path fill="#2eb67d" d="M97 45.2c0-7.1 5.8-12.9 12.9-12.9s12.9 5.8 12.9 12.9-5.8 12.9-12.9 12.9H97V45.2zm-6.5'
    ' 0c0 7.1-5.8 12.9-12.9 12.9s-12.9-5.8-12.9-12.9V12.9C64.7 5.8 70.5 0 77.6 0s12.9 5.8 12.9 12.9v32.3z"/>'
    '<path fill="#ecb22e" d="M77.6 97c7.1 0 12.9 5.8 12.9 12.9s-5.8 12.9-12.9 12.9-12.9-5.8-12.9-12.9V97h12.9zm0'
    '-6.5c-7.1 0-12.9-5.8-12.9-12.9s5.8-12.9 12.9-12.9h32.3c7.1 0 12.9 5.8 12.9 12.9s-5.8 12.9-12.9 12.9H77.6z"/>'
    "</svg>"
)


def build_install_page(facts: Facts, authorize_url: str) -> str:
    name = text(facts.name)
    return page(
        f"Add {facts.name} to Slack",
        f"""<header>
<div class="tile" aria-hidden="true">{TILE}</div>
<h1>Add {name} to Slack</h1>
<p class="lead">{text(facts.summary)}</p>
<a class="button" href="{text(authorize_url)}">{SLACK_MARK}Add to Slack</a>
<p class="hint">Slack asks once more before anything happens.{_restricted(facts)}</p>
</header>
{_about(facts)}
{_asked(f"What {name} may do", facts.scopes)}
{_asked(f"What {name} may do in your own name", facts.user_scopes, of_a_person=True)}
<section>
<h2>What is kept, and where</h2>
<ul class="plain">
<li>The access Slack hands out, as tokens: encrypted, {text(facts.kept)}.</li>
<li>Who installed {name}, when, in which workspace, and with which permissions.</li>
<li>A record of each run: who started which job with what, and what came of it.</li>
</ul>
<p>Nothing is read in the background: messages are looked at only by a job that somebody started.</p>
</section>
<section>
<h2>How to remove it</h2>
<p>In Slack: <b>Tools &amp; settings</b> › <b>Manage apps</b> › <b>{name}</b> › <b>Remove app</b>. Its access ends at
once, and its tokens are deleted here as soon as Slack says so.</p>
</section>""",
    )


def _about(facts: Facts) -> str:
    return f"<p>{text(facts.about)}</p>" if facts.about else ""


def _restricted(facts: Facts) -> str:
    if not facts.is_restricted:
        return ""
    return f" {text(facts.name)} serves only workspaces that its keeper has listed."


def _asked(title: str, scopes: Sequence[str], *, of_a_person: bool = False) -> str:
    """`title` is HTML."""
    if not scopes:
        return ""
    rows = "".join(map(_row, in_words(scopes, of_a_person=of_a_person)))
    return f'<section>\n<h2>{title}</h2>\n<ul class="scopes">{rows}</ul>\n</section>'


def _row(words: Words) -> Html:
    why = f"<span>{text(words.why)}</span>" if words.why else ""
    return Html(f"\n<li><b>{text(words.may)}</b>{why}<code>{text(words.scope)}</code></li>")
