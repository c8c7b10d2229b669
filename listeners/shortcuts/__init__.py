from slack_bolt import App

from listeners.shortcuts.open_picker import ack_open_picker, run_open_picker


def register(app: App) -> None:
    app.shortcut("open_picker")(ack=ack_open_picker, lazy=[run_open_picker])
