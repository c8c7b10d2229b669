from slack_bolt import App

from listeners.events.app_home_opened import ack_app_home_opened, run_app_home_opened
from listeners.events.app_uninstalled import ack_app_uninstalled, run_app_uninstalled
from listeners.events.tokens_revoked import ack_tokens_revoked, run_tokens_revoked


def register(app: App) -> None:
    app.event("app_home_opened")(ack=ack_app_home_opened, lazy=[run_app_home_opened])
    app.event("app_uninstalled")(ack=ack_app_uninstalled, lazy=[run_app_uninstalled])
    app.event("tokens_revoked")(ack=ack_tokens_revoked, lazy=[run_tokens_revoked])
