"""What a job gets to work with besides its inputs."""

from __future__ import annotations

import io
import json
import logging
import sys
import time
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from slack_sdk import WebClient

from runs.errors import CheckpointTooLarge, Refused, RunCancelled, RunContinues
from runs.mrkdwn import sayable
from runs.run import Progress, Run

if TYPE_CHECKING:
    from runs.log_tail import LogTail
    from runs.results.chart import ChartKind, Points
    from runs.results.sending import Result
    from runs.results.table import Row

LARGEST_CHECKPOINT = 300_000  # bytes: an item of DynamoDB holds 400 kB, with the names of its attributes

# Seconds before the end of an invocation that are kept for handing the run on: two writes and one call.
HANDING_ON = 3.0

Upload = Callable[[str, BinaryIO, int, str | None], object]
OpenAws = Callable[..., Any]  # what RunContext.aws calls, with the same arguments


def no_aws(service: str, **options: Any) -> Any:
    """On a machine that names no AWS account. Raises Refused."""
    raise Refused(
        "This job needs AWS, and no account is named here. Where Errand is started by `make dev`, set AWS_PROFILE and"
        " AWS_REGION in .env; deployed, it has the account that it is in."
    )


class _RunLog(logging.LoggerAdapter[logging.Logger]):
    """Begins each line with the run's id; as `run_id` it is a field of its own in a structured log too.

    The last lines are kept in `tail` besides.
    """

    def __init__(self, logger: logging.Logger, extra: Mapping[str, object], tail: LogTail | None) -> None:
        super().__init__(logger, extra)
        self._tail = tail

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        # the line is the job's, not this one's
        super().log(level, msg, *args, **{**kwargs, "stacklevel": int(kwargs.get("stacklevel", 1)) + 1})
        if self._tail and level >= logging.INFO:
            self._tail.add(level, _formatted(msg, args) + _type_of_error(kwargs.get("exc_info")))

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        line, kwargs = super().process(msg, kwargs)
        return f"{self.extra['run_id'] if self.extra else ''} {line}", kwargs


class RunContext:
    """The run, seen from inside its job.

    `client` is a slack_sdk WebClient that waits out rate limits and retries dropped connections.
    `secrets["NAME"]` is a secret of the team's own, such as a webhook URL; it never shows its values by itself.
    `log` writes to the app's log with the run's id; its last lines are shown in the run's details.
    """

    def __init__(
        self,
        run: Run,
        *,
        client: WebClient,
        report: Callable[[Progress], None],
        is_cancelled: Callable[[], bool],
        upload: Upload,
        show: Callable[[Result], None] = lambda result: None,
        tail: LogTail | None = None,
        secrets: Mapping[str, str] | None = None,
        aws: OpenAws = no_aws,
        save: Callable[[str], None] = lambda text: None,
        saved: str | None = None,
        remaining: Callable[[], float] = lambda: float("inf"),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id = run.id
        self.team_id = run.team_id
        self.requester = run.requester
        self.client = client
        self.secrets = {} if secrets is None else secrets
        self.log = _RunLog(logging.getLogger(f"errand.job.{run.job}"), {"run_id": run.id}, tail)
        self._report = report
        self._is_cancelled = is_cancelled
        self._upload = upload
        self._show = show
        self._aws = aws
        self._save = save
        self._saved = saved
        self._remaining = remaining
        self._monotonic = monotonic
        self._checkpoint_at = monotonic()
        self._longest_piece = 0.0

    @property
    def cancelled(self) -> bool:
        """Whether somebody pressed Cancel."""
        return self._is_cancelled()

    def progress(self, done: float, total: float, text: str = "") -> None:
        """Says how far the work has come: `done` of `total`, in any unit, and what is being done.

        Call it as often as there is news; Slack sees an update every few seconds. Raises RunCancelled once somebody
        has pressed Cancel: let it pass through, cleaning up with `with` or `finally`.
        """
        if self.cancelled:
            raise RunCancelled
        self._report(Progress(done, total, sayable(text)))

    @property
    def remaining(self) -> float:
        """Seconds until Lambda ends this invocation; infinite on one's own machine."""
        return self._remaining()

    @property
    def last_checkpoint(self) -> Any:
        """What the job gave to `checkpoint` last, be it in an earlier invocation; None if it never did."""
        return None if self._saved is None else json.loads(self._saved)

    def checkpoint(self, state: Any) -> None:
        """Says that all up to here need not be done again: `state`, up to 300 kB of JSON, is where to go on.

        A job of many pieces calls it after each, and begins where `last_checkpoint` says. So it may take longer than
        Lambda's 15 minutes: near their end the call does not return, and the job is begun anew in another invocation.
        Raises RunCancelled like `progress`, and CheckpointTooLarge.
        """
        if self.cancelled:
            raise RunCancelled
        self._saved = _dumped(state)
        self._save(self._saved)
        now = self._monotonic()
        self._longest_piece = max(self._longest_piece, now - self._checkpoint_at)
        self._checkpoint_at = now
        # Twice, for the next piece may take longer than any before it.
        if self.remaining < HANDING_ON + 2 * self._longest_piece:
            raise RunContinues

    def aws(self, service: str, *, region: str = "", timeout: float = 60.0, attempts: int = 5) -> Any:
        """The Python SDK's client of a service, "s3" say: deployed with the function's role, else with AWS_PROFILE.

        `timeout` is how many seconds it waits for an answer; `attempts=1` never asks twice. Its calls raise
        AwsRefused, AwsTimedOut and AwsUnreachable of runs.errors. Raises Refused where there is no AWS.
        """
        return self._aws(service, region=region, timeout=timeout, attempts=attempts)

    def upload(self, name: str, file: bytes | BinaryIO, *, title: str | None = None) -> None:
        """Gives the requester a file: bytes, or a file open for reading in binary mode, sent from its start.

        It goes where the requester wants the results: a direct message, or the channel of the run.
        Raises runs.upload.UploadFailed, and TypeError or ValueError for what is no file or has no name.
        """
        if not name.strip():
            raise ValueError("run.upload needs a name for the file, such as 'report.csv'")
        opened = _opened(file)
        length = opened.seek(0, io.SEEK_END)
        opened.seek(0)
        self._upload(sayable(name), opened, length, title)

    def table(self, rows: Iterable[Row], *, columns: Sequence[str] | None = None, title: str = "") -> None:
        """Shows the requester a table, where they want the results.

        Rows are mappings, or sequences as long as `columns`; without `columns` the first sequence is the head. Cells:
        text, numbers, dates, None, and `Link(text, url)` of `runs.results.cells`. As many rows are shown as a message
        takes; if there are more, or longer ones, all of it goes along as a CSV file. Raises ValueError for what is no
        table, never for Slack's sake.
        """
        from runs.results.table import table_of  # late: a cold start shows nothing

        self._show(table_of(rows, columns=columns, title=title))

    def chart(
        self,
        kind: ChartKind,
        data: Points | Mapping[Any, Points],
        *,
        title: str,
        x_label: str = "",
        y_label: str = "",
    ) -> None:
        """Shows the requester a "line", "bar", "area" or "pie" chart, where they want the results.

        `data` is {label: number}, or {series: {label: number}}, where a label that a series lacks counts as 0. Slack
        draws up to 6 series of 20 points (a pie's smallest slices become one); what has more is shown as bars of text.
        Raises ValueError for what is no chart, never for Slack's sake.
        """
        from runs.results.chart import chart_of

        self._show(chart_of(kind, data, title=title, x_label=x_label, y_label=y_label))


def _opened(file: object) -> BinaryIO:
    if isinstance(file, (bytes, bytearray, memoryview)):
        return io.BytesIO(file)
    if isinstance(file, io.TextIOBase) or not hasattr(file, "seek"):
        raise TypeError(
            f"run.upload takes bytes, or a file open in binary mode, not {type(file).__name__}."
            " Of a text: text.encode(); of a path: open(path, 'rb')"
        )
    return cast(BinaryIO, file)


def _formatted(message: object, args: tuple[object, ...]) -> str:
    """As logging does it: what does not fit together is an error of the log, and none of the job."""
    try:
        return str(message) % args if args else str(message)
    except (TypeError, ValueError, KeyError):
        return str(message)


def _type_of_error(info: object) -> str:
    error = sys.exc_info()[1] if info is True else info
    return f" ({type(error).__name__})" if isinstance(error, BaseException) else ""


def _dumped(state: Any) -> str:
    text = json.dumps(state, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    size = len(text.encode())
    if size > LARGEST_CHECKPOINT:
        raise CheckpointTooLarge(f"a checkpoint of {size:,} bytes; {LARGEST_CHECKPOINT:,} are the most")
    return text
