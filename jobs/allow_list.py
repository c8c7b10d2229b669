"""What a setting allows jobs to reach on AWS: names or ARNs, each with the label that people see."""

from __future__ import annotations

from collections.abc import Mapping

from runs.errors import Refused


def allowed(secrets: Mapping[str, str], setting: str) -> dict[str, str]:
    """The labels by name or ARN, in order. Raises Refused, in words that a menu has room for, if there are none."""
    found = {}
    for each in secrets.get(setting, "").split(","):
        label, _, name = each.rpartition("=")
        if name.strip():
            found[name.strip()] = label.strip() or _short(name.strip())
    if not found:
        raise Refused(f"Not set up yet: an admin has to set {setting}.")
    return found


def _short(name: str) -> str:
    """Of an ARN, the name and the qualifier, if it has one."""
    return ":".join(name.split(":")[6:]) or name
