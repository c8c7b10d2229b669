"""Slack → us. Every folder is a Slack feature with its route table, every module one interaction."""

from slack_bolt import App

from listeners import actions, commands, events, options, shortcuts, views


def register(app: App) -> None:
    commands.register(app)
    actions.register(app)
    views.register(app)
    options.register(app)
    shortcuts.register(app)
    events.register(app)
