"""What goes wrong, in the two vocabularies of the two APIs."""

from typing import Any


class ApiError(Exception):
    """A Web API call is refused; `error` is the string Slack uses."""

    def __init__(
        self, error: str, *, status: int = 200, retry_after: int | None = None, **details: Any
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.retry_after = retry_after
        self.details = details

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, **self.details}


class SimError(Exception):
    """A person's request under /sim is refused, with a sentence they can read."""

    def __init__(self, error: str, message: str, *, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.message = message
        self.status = status

    def body(self) -> dict[str, Any]:
        return {"ok": False, "error": self.error, "message": self.message}


class BadManifest(Exception):
    """The manifest cannot be read as a Slack app manifest."""


class BadStateFile(Exception):
    """The state file is not one that this program wrote."""
