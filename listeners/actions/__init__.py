from slack_bolt import App

from blocks.approval import APPROVE_OWN_RUN, APPROVE_RUN, DENY_RUN
from blocks.groups import EDIT_GROUP
from blocks.picker import OPEN_FORM
from blocks.run_list import NEWEST_RUNS, OLDER_RUNS
from blocks.run_message import CANCEL_RUN, RUN_AGAIN, RUN_DETAILS
from listeners.actions.approve import ack_approve, ack_approve_own, run_approve, run_approve_own
from listeners.actions.cancel import ack_cancel, run_cancel
from listeners.actions.deny import ack_deny, run_deny
from listeners.actions.details import ack_details, run_details
from listeners.actions.edit_group import ack_edit_group, run_edit_group
from listeners.actions.open_form import ack_open_form, run_open_form
from listeners.actions.run_again import ack_again, run_again
from listeners.actions.turn_pages import ack_turn_page, run_newest, run_older


def register(app: App) -> None:
    app.action(OPEN_FORM)(ack=ack_open_form, lazy=[run_open_form])
    app.action(CANCEL_RUN)(ack=ack_cancel, lazy=[run_cancel])
    app.action(RUN_AGAIN)(ack=ack_again, lazy=[run_again])
    app.action(APPROVE_RUN)(ack=ack_approve, lazy=[run_approve])
    app.action(APPROVE_OWN_RUN)(ack=ack_approve_own, lazy=[run_approve_own])
    app.action(DENY_RUN)(ack=ack_deny, lazy=[run_deny])
    app.action(EDIT_GROUP)(ack=ack_edit_group, lazy=[run_edit_group])
    app.action(RUN_DETAILS)(ack=ack_details, lazy=[run_details])
    app.action(OLDER_RUNS)(ack=ack_turn_page, lazy=[run_older])
    app.action(NEWEST_RUNS)(ack=ack_turn_page, lazy=[run_newest])
