"""OAuth scopes: what the manifest asked for is what the app may do."""

from collections.abc import Sequence

from simulator.errors import ApiError


def check_scope(provided: Sequence[str], accepted: Sequence[str]) -> None:
    """Any one of the accepted scopes will do; raises `missing_scope` naming them if none is there."""
    if accepted and not set(accepted) & set(provided):
        raise ApiError("missing_scope", needed=",".join(accepted), provided=",".join(provided))
