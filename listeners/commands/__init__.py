from slack_bolt import App

from listeners.commands.run import ack_run, run_run
from listeners.commands.runs import ack_runs, run_runs


def register(app: App) -> None:
    app.command("/run")(ack=ack_run, lazy=[run_run])
    app.command("/runs")(ack=ack_runs, lazy=[run_runs])
