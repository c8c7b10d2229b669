"""The one page for whatever may fail: what happened, what to do next, and where the log tells the rest."""

from __future__ import annotations

from oauth.failure import Failure
from oauth.pages.page import TILE, Html, page, text

# Relative, for a stage may stand in front of the path: this page and the install page are neighbours.
START_AGAIN = '<a class="button" href="install">Start again</a>'


def build_failed_page(name: str, failure: Failure, *, reference: str) -> str:
    def say(words: str) -> Html:
        return text(words.format(name=name))

    return page(
        failure.title.format(name=name),
        f"""<header>
<div class="tile" aria-hidden="true">{TILE}{_badge(failure)}</div>
<h1>{say(failure.title)}</h1>
<p class="lead">{say(failure.happened)}</p>
<p class="lead next">{say(failure.next_step)}</p>
{START_AGAIN if failure.may_start_again else ""}
<p class="hint">Reference <code>{text(reference)}</code></p>
</header>""",
    )


def _badge(failure: Failure) -> str:
    if failure.tone == "calm":
        return ""
    return (
        '<svg class="badge is-bad" viewBox="0 0 24 24"><circle cx="12" cy="12" r="12"/>'
        '<path d="M12 6.3v7M12 17.4v.1"/></svg>'
    )
