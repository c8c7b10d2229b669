"""Who did what when: one line each in the log `errand.audit`, written once what it tells is on record.

Ids only: no inputs, no reasons, nothing that anybody wrote. Lambda makes a field of its own of each.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from runs.groups import Group
from runs.run import Event, Run

log = logging.getLogger("errand.audit")


def audit_run(run: Run, events: Iterable[Event]) -> None:
    """`events` are new in its history."""
    for event in events:
        _write(
            what=event.what,
            run=run.id,
            job=run.job,
            team=run.team_id,
            actor=event.actor,
            state=str(run.state),
            at=moment(event.at),
        )


def audit_group(before: Group, after: Group) -> None:
    _write(
        what="group changed",
        group=after.name,
        team=after.team_id,
        actor=after.changed_by,
        at=moment(after.changed_at or 0),
        people_before=",".join(before.people),
        people=",".join(after.people),
        usergroups_before=",".join(before.usergroups),
        usergroups=",".join(after.usergroups),
    )


def moment(at: float) -> str:
    """In UTC, as ISO 8601 has it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write(**fields: str | None) -> None:
    """`what=approved run=R… …`; what nobody did has no actor."""
    given = {name: value for name, value in fields.items() if value is not None}
    line = " ".join(f"{name}={_quoted(value)}" for name, value in given.items())
    log.info("%s", line, extra=given)


def _quoted(value: str) -> str:
    return json.dumps(value) if not value or set(value) & {" ", '"', "="} else value
