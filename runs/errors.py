"""What can go wrong with a run, named after the outcome. The message is what a person reads."""


class Refused(Exception):
    """The job cannot be done for this person or with these inputs. Jobs may raise it; it is shown as it is."""


class RunCancelled(Exception):
    """Somebody pressed Cancel, or the run was given up: raised inside the job by what it asks of RunContext."""


class RunContinues(BaseException):
    """The invocation is about to end: raised by `RunContext.checkpoint`, and the next one goes on from there.

    Not an Exception, so that no `except Exception` around a piece of work keeps a job in an invocation that ends.
    """


class RunFailed(Exception):
    """The run failed for a reason nobody foresaw. It is on record, and its requester has been told."""


class CheckpointTooLarge(Exception):
    """A checkpoint holds 300 kB of JSON at most: keep what is large in a file, and its place in the checkpoint."""


class StoreUnusable(OSError):
    """What is kept on this machine cannot be read or written. The message names the file and says what to do."""


class UnknownJob(Exception):
    """There is no job of that name."""


class RunNotFound(Exception):
    """I have no record of this run any more."""


class WrongState(Exception):
    """The run is in a state from which this step is not possible."""


class RunChanged(Exception):
    """The stored run is no longer the version this change was made from: read it again and decide anew."""


class NotTakenIn(Exception):
    """What a person asked for was not taken in to be done. `is_sure`: nothing of it was begun; else nobody knows."""

    def __init__(self, why: str, *, is_sure: bool = True) -> None:
        super().__init__(why)
        self.is_sure = is_sure


class AwsRefused(Exception):
    """AWS answered, and did not do what it was asked for. `code` is AWS's own, such as AccessDeniedException."""

    def __init__(self, call: str, code: str, said: str = "") -> None:
        super().__init__(f"{call}: {code}: {said}")
        self.call, self.code, self.said = call, code, said


class AwsUnreachable(Exception):
    """No answer came from AWS. `is_unsent` if it never got the request; else nobody knows whether it was done."""

    def __init__(self, call: str, why: str, *, is_unsent: bool = False) -> None:
        super().__init__(f"{call}: {why}")
        self.call, self.is_unsent = call, is_unsent


class AwsTimedOut(AwsUnreachable):
    """It got the request, and did not answer in time."""
