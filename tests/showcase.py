"""The app as `make screenshots` shows it: with a job beside those that ship that has to be approved."""

from __future__ import annotations

import runpy
import time
from dataclasses import dataclass
from typing import Literal

import jobs
from runs.context import RunContext
from runs.inputs import ask
from runs.job import Jobs, job

STEPS = ("building", "copying", "switching over")


@dataclass(frozen=True)
class Inputs:
    version: str = ask("Version")
    stage: Literal["staging", "production"] = ask("Stage", default="production")


@job("Deploy the shop", approvers=("deployers", "workspace_admins"), approvals=2, dangerous=True)
def deploy_shop(inputs: Inputs, run: RunContext) -> str:
    """Puts a version of the shop before everybody who buys there."""
    for number, step in enumerate(STEPS):
        run.progress(number, len(STEPS), step)
        time.sleep(1)
    return f"{inputs.version} is live in {inputs.stage}."


if __name__ == "__main__":
    jobs.JOBS = Jobs([deploy_shop, *jobs.JOBS.values()])
    runpy.run_path("app.py", run_name="__main__")
