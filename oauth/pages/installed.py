"""The page after a successful install: where to go, and what to type first."""

from __future__ import annotations

from oauth.facts import Facts
from oauth.pages.page import TILE, page, text

CHECK = (
    '<svg class="badge" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="12"/>'
    '<path d="m6.8 12.4 3.5 3.5 7-7.4"/></svg>'
)

ORG_WIDE = """<p class="lead">An admin of the organization says in which workspaces it may be used: <b>Manage
organization</b> › <b>Integrations</b>.</p>"""


def build_installed_page(facts: Facts, *, workspace: str, open_url: str, is_org_wide: bool) -> str:
    """`workspace` is its name, or that of the organization; empty where it is not known."""
    name = text(facts.name)
    where = text(workspace or ("your organization" if is_org_wide else "your workspace"))
    return page(
        f"{facts.name} is installed",
        f"""<header>
<div class="tile" aria-hidden="true">{TILE}{CHECK}</div>
<h1>{name} is in {where}</h1>
{_first_command(facts)}
{ORG_WIDE if is_org_wide else ""}
<a class="button" href="{text(open_url)}">Open in Slack</a>
<p class="hint">You can close this page.</p>
</header>""",
    )


def _first_command(facts: Facts) -> str:
    if not facts.command:
        return ""
    return f"""<p class="lead">Type this in any channel to see what it can do:</p>
<p class="try"><code>{text(facts.command)}</code></p>"""
