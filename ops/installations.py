"""`make installations STAGE=…`: where the app is installed, what is kept of one workspace, and its deletion.

`ARGS="show T123"`, `ARGS="delete T123"`. Without a stage it is about this machine's own, in DATA_DIR. No token is ever
shown, and only `delete --revoke` opens any.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence

from ops.console import complain, paint, say, say_rows, say_table
from ops.installation_rows import BROKEN, NEWER
from ops.installation_sources import Broken
from ops.installed_workspaces import Workspace, as_json, group, shown, when
from ops.kept import Kept, kept_of, kept_parser
from ops.revoke import revoke
from ops.stage import Stop, run

HEADS = ("Workspace", "Name", "Org", "Installed by", "At (UTC)", "Scopes", "Sealed under", "Token expires")
PLAIN = "plain!"


def workspaces_in(kept: Kept) -> list[Workspace]:
    """What cannot be read is said, and the rest goes on."""
    readable = []
    for each in kept.rows.read():
        if isinstance(each, Broken):
            complain(f"  {each.where} {each.why}.")
        else:
            readable.append(each)
    return group(readable)


def find(kept: Kept, wanted: str) -> list[Workspace]:
    """A team's, be it by itself or in an org; of an enterprise's id, what is installed org-wide. Raises Stop."""
    found = [each for each in workspaces_in(kept) if each.id == wanted]
    if not found:
        raise Stop(f"{kept.rows.name} has no installation in {wanted}.")
    return found


def say_list(found: Sequence[Workspace]) -> None:
    if not found:
        say("  The app is not installed anywhere yet.\n")
        return
    say_table(HEADS, [list(line_of(each)) for each in found])
    say(f"\n  {len(found):,} in all. More of one: show {found[0].id}\n")


def line_of(found: Workspace) -> Iterator[str]:
    any_one, bot = found.any, found.bot
    yield found.id
    yield shown(any_one.team_name or any_one.enterprise_name)
    yield any_one.enterprise_id or ""
    first, *others = [each.user_id for each in found.people] or ["?"]
    yield f"{first} and {len(others)} more" if others else first
    yield when(any_one.installed_at)
    yield str(len(bot.bot_scopes)) if bot else "no bot"
    yield ", ".join(sorted({short(each.key) for each in found.secrets()}))
    yield when(bot.bot_token_expires_at if bot else None)


def short(key: str | None) -> str:
    """Of an ARN or a file's id its last part, of which eight digits tell two keys apart."""
    return re.split("[/:]", key)[-1][:8] if key else PLAIN


def say_one(found: Workspace) -> None:
    any_one, bot = found.any, found.bot
    rows = {"Workspace": f"{any_one.team_id or 'the whole org'} {shown(any_one.team_name)}".rstrip()}
    if any_one.enterprise_id:
        rows["Org"] = f"{any_one.enterprise_id} {shown(any_one.enterprise_name)}".rstrip()
    rows["App"] = any_one.app_id or "?"
    rows["Bot"] = (
        f"{bot.bot_id}, user {bot.bot_user_id}"
        if bot
        else "none: its token was revoked, or nobody allowed one"
    )
    if bot:
        rows["Scopes"] = ", ".join(bot.bot_scopes)
        rows["Token expires"] = when(bot.bot_token_expires_at)
    for each in found.people:
        scopes = f", user scopes {', '.join(each.user_scopes)}" if each.user_scopes else ""
        rows[each.user_id] = f"installed it {when(each.installed_at)} UTC{scopes}"
    rows["History"] = f"{found.older_rows} older rows"
    say_rows(rows)
    say()
    say_table(
        ("Of", "Secret", ""),
        [(each.of, each.name, sealing(each.key)) for each in found.secrets()],
    )
    say()


def sealing(key: str | None) -> str:
    if key in (None, BROKEN, NEWER):
        return paint(key or PLAIN, "red")
    return f"sealed under {key}"


def delete(kept: Kept, found: Sequence[Workspace], *, revoke_too: bool) -> None:
    """Tokens first, while they can still be opened. What is left after a Ctrl-C, the same command deletes."""
    for workspace in found:
        if revoke_too:
            revoke(kept, workspace.rows)
        kept.rows.delete_all(workspace.any)
    say("  Deleted. An environment that is warm may use the token for another minute.")
    if not revoke_too:
        say("  Slack goes on honouring it until the app is removed in the workspace.")
    say()


def confirm(wanted: str, *, revoke_too: bool) -> None:
    also = ", and revokes its tokens at Slack" if revoke_too else ""
    say(f"  This deletes the installation in {wanted} with its history, for good{also}.")
    if not sys.stdin.isatty():
        raise Stop("Nothing was deleted: there is no terminal to ask at. Add --yes.")
    try:
        typed = input(f"  Type {wanted} to go on: ")
    except EOFError:
        typed = ""
    if typed.strip() != wanted:
        raise Stop("Nothing was deleted.")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = kept_parser("ops installations", __doc__)
    parser.add_argument("action", nargs="?", default="list", choices=("list", "show", "delete"))
    parser.add_argument(
        "workspace", nargs="?", help="a team id; of an org-wide installation the enterprise id"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of list and show")
    parser.add_argument("--revoke", action="store_true", help="delete: revoke the tokens at Slack first")
    parser.add_argument("--yes", action="store_true", help="delete: do not ask")
    options = parser.parse_intermixed_args(arguments)
    # An empty name, as of a shell's unset variable, is none either: it must never come to mean all of them.
    if (options.action == "list") == bool(options.workspace):
        takes = "no workspace" if options.workspace else "a workspace, such as T0123"
        parser.error(f"{options.action} takes {takes}")
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    options = parse(arguments)
    kept = kept_of(options)
    found = workspaces_in(kept) if options.action == "list" else find(kept, options.workspace)
    if options.format == "json" and options.action != "delete":
        say(json.dumps([as_json(each) for each in found], indent=2, ensure_ascii=False))
        return
    say(f"  Of {kept.rows.name}\n")
    if options.action == "list":
        say_list(found)
        return
    for each in found:
        say_one(each)
    if options.action == "delete":
        if not options.yes:
            confirm(options.workspace, revoke_too=options.revoke)
        delete(kept, found, revoke_too=options.revoke)


if __name__ == "__main__":
    run(main)
