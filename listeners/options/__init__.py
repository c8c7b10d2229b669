from slack_bolt import App

from blocks.form import ACTION_ID
from listeners.options.choices import ack_choices


def register(app: App) -> None:
    app.options(ACTION_ID)(ack_choices)
