"""Who pressed a button or sent a modal, in which workspace."""

from __future__ import annotations

from slack_bolt import BoltContext


def clicked_by(context: BoltContext) -> tuple[str, str]:
    """The workspace's id and the person's."""
    assert context.team_id, "Slack names the workspace of every click"
    assert context.user_id, "and who clicked"
    return context.team_id, context.user_id
