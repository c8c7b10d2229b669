"""The consent page and its error page, as HTML that needs no JavaScript."""

from html import escape

from simulator.core import Simulator
from simulator.installation import who_may_manage_apps
from simulator.oauth.asked import Asked, BadAsk
from simulator.oauth.scope_words import DO, SEE, Group, grouped
from simulator.state import User

STYLES = ("theme", "controls", "fields", "consent")
FLAG = "M6 21V4M6 4.5l13 3.8L6 13"
SWAP = "M4 8.5h14M14.5 5 18 8.5 14.5 12M20 15.5H6M9.5 12 6 15.5 9.5 19"


def consent_page(sim: Simulator, asked: Asked) -> str:
    app, team = escape(sim.manifest.name), escape(sim.workspace.team_name)
    groups = grouped(sim.manifest.name, asked.scopes, asked.user_scopes)
    people = who_may_manage_apps(sim.workspace)
    body = f"""
      {_marks(sim)}
      <h1><strong>{app}</strong> is requesting permission to access the <strong>{team}</strong> workspace</h1>
      <form method="post" action="/oauth/v2/authorize">
        {"".join(_hidden(name, value) for name, value in asked.fields().items())}
        {_section(f"What will {app} be able to view?", SEE, groups)}
        {_section(f"What will {app} be able to do?", DO, groups)}
        {_channel_field(sim) if "incoming-webhook" in asked.scopes else ""}
        {_person_field(sim, people)}
        <div class="consent-actions">
          <button class="button" name="decision" value="cancel">Cancel</button>
          {_allow() if people else ""}
        </div>
      </form>
      <p class="consent-note">This leads to <span class="consent-target">{escape(_place(asked))}</span></p>
    """
    return _page(f"{sim.manifest.name} – allow access?", body)


def error_page(sim: Simulator, bad: BadAsk) -> str:
    body = f"""
      <div class="consent-warning" aria-hidden="true">!</div>
      <h1>Something went wrong when authorizing this app.</h1>
      <p>Try going back and authorizing again. If problems keep up, contact the app’s creator for help.</p>
      <div class="consent-details" data-error="{escape(bad.error)}">
        <h2>Error details</h2>
        <p>{escape(bad.title)}</p>
        <p class="consent-detail">{escape(bad.detail)}</p>
        <p><code class="inline-code">{escape(bad.error)}</code></p>
      </div>
      <p><a class="button" href="/">Back to {escape(sim.workspace.team_name)}</a></p>
    """
    return _page("Something went wrong", body)


def _section(title: str, kind: str, groups: dict[Group, list[tuple[str, str]]]) -> str:
    mine = {name: scopes for (each, name), scopes in groups.items() if each == kind}
    if not mine:
        return ""
    return f"<section><h2>{title}</h2>{''.join(_group(*each) for each in mine.items())}</section>"


def _group(name: str, scopes: list[tuple[str, str]]) -> str:
    rows = "".join(f'<li data-scope="{escape(scope)}">{escape(words)}</li>' for scope, words in scopes)
    return f"<details open><summary>{escape(name)}</summary><ul>{rows}</ul></details>"


def _person_field(sim: Simulator, people: list[User]) -> str:
    team = escape(sim.workspace.team_name)
    note = f"Guests cannot install apps in {team}."
    if sim.workspace.only_admins_install:
        note = f"{team} lets only owners and admins install apps."
    if not people:
        return f'<p class="consent-note" role="alert">{note} There is nobody you could act as.</p>'
    options = "".join(
        _option(user.id, user.real_name, user.id == sim.workspace.default_user) for user in people
    )
    return f"""
      <label class="consent-field"><span>You act as</span>
        <select class="consent-select" name="user">{options}</select>
        <small>{note}</small>
      </label>"""


def _channel_field(sim: Simulator) -> str:
    channels = [
        each for each in sim.workspace.channels.values() if each.kind == "public" and not each.is_archived
    ]
    options = "".join(_option(each.id, f"#{each.name}", each.is_general) for each in channels)
    return f"""
      <label class="consent-field"><span>Where should {escape(sim.manifest.name)} post?</span>
        <select class="consent-select" name="channel">{options}</select>
        <small>It gets an address that posts there and nowhere else.</small>
      </label>"""


def _option(value: str, label: str, chosen: bool) -> str:
    return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(label)}</option>'


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'


def _allow() -> str:
    return '<button class="button is-primary" name="decision" value="allow">Allow</button>'


def _place(asked: Asked) -> str:
    return asked.target.partition("?")[0]


def _marks(sim: Simulator) -> str:
    return f"""
      <div class="consent-marks" aria-hidden="true">
        <span class="avatar is-large is-app">{_icon(FLAG, 38)}</span>
        <span class="consent-arrows">{_icon(SWAP, 26)}</span>
        <span class="avatar is-large is-workspace">{escape(sim.workspace.team_name[0])}</span>
      </div>"""


def _icon(path: str, size: int) -> str:
    return (
        f'<svg class="icon" viewBox="0 0 24 24" width="{size}" height="{size}" fill="none" stroke="currentColor"'
        f' stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path d="{path}"/></svg>'
    )


def _page(title: str, body: str) -> str:
    styles = "".join(f'<link rel="stylesheet" href="/client/css/{each}.css">' for each in STYLES)
    return f"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
    <meta name="color-scheme" content="light dark">
    <title>{escape(title)}</title>
    <link rel="icon" href="/client/icon.svg" type="image/svg+xml">
    {styles}
    <script src="/client/theme.js"></script>
  </head>
  <body class="consent-body">
    <main class="consent">{body}</main>
  </body>
</html>
"""
