from slack_bolt import App

from blocks.approval import DENIAL_FORM, OWN_APPROVAL_FORM
from blocks.groups import GROUP_FORM
from blocks.job_form import JOB_FORM
from listeners.views.group_form import ack_group_form, run_group_form
from listeners.views.job_form import ack_job_form, run_job_form
from listeners.views.reason import ack_reason, run_denial, run_own_approval


def register(app: App) -> None:
    app.view(JOB_FORM)(ack=ack_job_form, lazy=[run_job_form])
    app.view(GROUP_FORM)(ack=ack_group_form, lazy=[run_group_form])
    app.view(DENIAL_FORM)(ack=ack_reason, lazy=[run_denial])
    app.view(OWN_APPROVAL_FORM)(ack=ack_reason, lazy=[run_own_approval])
