"""One run of a job's function, from its start to its recorded end."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO

from slack_sdk.errors import SlackApiError

from runs.announcer import Announcer
from runs.clients import Clients
from runs.context import HANDING_ON, OpenAws, RunContext
from runs.errors import Refused, RunCancelled, RunContinues, RunNotFound, WrongState
from runs.failures import explain
from runs.hands import TIME_TO_COME
from runs.inputs import load_inputs
from runs.job import Job
from runs.ledger import Ledger
from runs.mrkdwn import cut, sayable, without_broadcasts
from runs.pace import Pace, Watch
from runs.run import FileRef, Progress, Run
from runs.upload import UploadFailed, upload_file

if TYPE_CHECKING:
    from runs.log_tail import LogTail
    from runs.results.sending import Draw, Result

log = logging.getLogger("errand.execution")

# A section block takes 3,000 characters, with the names of files beside the result: longer ones go into a file.
LONGEST_RESULT_SHOWN = 2_000
RESULT_PREVIEW = 400

# What a record keeps, so that it always fits an item of DynamoDB: 400 kB with the inputs.
LONGEST_TEXT_KEPT = 3_000  # of a refusal or a progress; a section shows no more
LONGEST_NAME_KEPT = 100
MOST_FILES = 200
MOST_SHOWN = 50  # tables and charts

# How often a run may be handed on. Lambda's own guard against self-invoking chains is off, so this one is ours:
# a hundred times 15 minutes are a day.
MOST_CONTINUATIONS = 100

# Seconds to wait before each further attempt to record an end: work that was done must not count as lost, nor be done
# again, because the disk was full or DynamoDB throttled at that moment.
UNTIL_RECORDED = (1, 5, 15, 60)

Ending = Callable[[Run], Run]


@dataclass(frozen=True)
class Execution:
    """What a run needs to be carried out, in the hands of one invocation or process."""

    ledger: Ledger
    announcer: Announcer
    clients: Clients
    draw: Draw
    secrets: Mapping[str, str]
    aws: OpenAws
    pace: Pace
    watch: Watch
    now: Callable[[], float]
    until: float | None = None  # when this invocation ends, on Lambda
    sleep: Callable[[float], None] = time.sleep

    def carry_out(self, job: Job, run: Run) -> Run:
        """Calls the job's function and records how it ended. The run has been started.

        A run that comes back live is to be handed on. Raises what recording raises when there is no time left to try
        again: the run is then still `running`, and recovery will find it.
        """
        from runs.log_tail import LogTail  # late: no ack carries out a run

        tail = LogTail(self.secrets, run.log_tail, clock=self.now)
        ending = _with_tail(tail, self._call(job, run, tail))
        for pause in UNTIL_RECORDED:
            try:
                return self._record(run, ending)
            except RunNotFound:
                raise
            except Exception as error:
                if self._remaining() < pause + HANDING_ON:
                    raise
                log.warning("The end of run %s is not recorded yet: %s", run.id, type(error).__name__)
                self.sleep(pause)
        return self._record(run, ending)

    def _record(self, run: Run, ending: Ending) -> Run:
        try:
            return self.ledger.change(run, lambda current: ending(current.held_by(run.owner)))
        except WrongState:
            log.warning("Run %s was ended or taken by somebody else while its job was at work", run.id)
            return self.ledger.find(run.team_id, run.id)

    def _call(self, job: Job, run: Run, tail: LogTail) -> Ending:
        if run.cancelled_by:
            return lambda current: current.cancelled(self.now())  # between two owners
        try:
            returned = job(load_inputs(job.inputs, run.inputs), self._context(run, tail))
            result = None if returned is None else sayable(str(returned)).strip()
        except RunCancelled:
            return lambda current: current.cancelled(self.now())
        except RunContinues:
            return self._continue
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:
            return self._failed(run, error)  # sys.exit() ends this run, not the app
        except _cancelled_of_asyncio() as error:
            return self._failed(run, error)
        return self._delivered(job, run, result)

    def _failed(self, run: Run, error: BaseException) -> Ending:
        text, reference = explain(error, doing=f"Run {run.id} of {run.job}")
        return lambda current: current.failed(cut(text, LONGEST_TEXT_KEPT), self.now(), reference)

    def _delivered(self, job: Job, run: Run, result: str | None) -> Ending:
        """The work is done, whether its result reaches the requester or not: nobody should have to do it again."""
        try:
            shown = self._deliver(job, run, result) if result else None
        except Exception as error:
            text, reference = explain(error, doing=f"Delivering the result of run {run.id}")
            text = f"The job is done, but its result could not be delivered. {text}"
            shown = cut(result or "", LONGEST_RESULT_SHOWN)
            return lambda current: current.succeeded(shown, self.now(), text, reference)
        return lambda current: current.succeeded(shown, self.now())

    def _continue(self, run: Run) -> Run:
        if run.cancelled_by:
            return run.cancelled(self.now())
        if sum(event.what == "continued" for event in run.history) >= MOST_CONTINUATIONS:
            text = f"I stopped it: after {MOST_CONTINUATIONS} continuations it was not done."
            return run.failed(text, self.now())
        return run.handed_over(self.now(), self.now() + TIME_TO_COME)

    def _remaining(self) -> float:
        return float("inf") if self.until is None else self.until - self.now()

    def _context(self, run: Run, tail: LogTail) -> RunContext:
        return RunContext(
            run,
            client=self.clients.patient(run.team_id, run.enterprise_id),
            secrets=self.secrets,
            aws=self.aws,
            tail=tail,
            report=lambda progress: self._report(run, progress, tail),
            is_cancelled=lambda: self.watch.is_over(lambda: self._is_cancelled(run)),
            upload=lambda name, file, length, title: self._upload(run, name, file, length, title),
            show=lambda result: self._show(run, result),
            save=lambda state: self.ledger.save_checkpoint(run, state),
            saved=self.ledger.load_checkpoint(run),
            remaining=self._remaining,
        )

    def _is_cancelled(self, run: Run) -> bool:
        """No, if nobody can say just now: the job's next progress asks again."""
        try:
            return self.ledger.is_cancelled(run)
        except RunNotFound:
            raise
        except Exception as error:
            log.warning("Whether run %s was cancelled cannot be read: %s", run.id, type(error).__name__)
            return False

    def _report(self, run: Run, progress: Progress, tail: LogTail) -> None:
        if not self.pace.is_due():
            return
        try:
            kept = replace(progress, text=cut(progress.text, LONGEST_TEXT_KEPT))
            lines = tail.lines
            self._note(run, lambda current: replace(current, progress=kept, log_tail=lines))
            self.announcer.show(run, brisk=True)
        except SlackApiError as error:
            self.pace.hold(float(error.response.headers.get("Retry-After", 0)))
        except Exception as error:
            log.info("A progress update of run %s did not reach Slack: %s", run.id, type(error).__name__)

    def _show(self, run: Run, result: Result) -> None:
        from runs.results.sending import Sending  # late: a cold start shows nothing

        current = self._still_ours(run)
        if len(current.shown) >= MOST_SHOWN:
            raise Refused(f"A run can show {MOST_SHOWN} tables and charts. Put more of them into a file.")
        sending = Sending(
            draw=self.draw,
            post=lambda message: self.announcer.post_result(current, message),
            upload=lambda name, content: self._upload(run, name, io.BytesIO(content), len(content), None),
        )
        ref = sending.send(result)
        self._note(run, lambda current: replace(current, shown=(*current.shown, ref)))

    def _upload(self, run: Run, name: str, file: BinaryIO, length: int, title: str | None) -> FileRef:
        current = self._still_ours(run)
        if len(current.files) >= MOST_FILES:
            raise UploadFailed(f"A run can send {MOST_FILES} files. Put more of them into one archive.")
        uploaded = upload_file(
            self.clients.patient(run.team_id, run.enterprise_id),
            channel=self.announcer.results_channel(current),
            name=name,
            file=file,
            length=length,
            title=title,
        )
        ref = FileRef(
            name=cut(name, LONGEST_NAME_KEPT), permalink=str(uploaded.get("permalink", "")), size=length
        )
        self._note(run, lambda current: replace(current, files=(*current.files, ref)))
        return ref

    def _still_ours(self, run: Run) -> Run:
        """As it is now. Raises RunCancelled in a job that goes on although its run was given up, or begun anew."""
        try:
            return self.ledger.find(run.team_id, run.id).worked_on_by(run.owner)
        except WrongState:
            raise RunCancelled from None

    def _note(self, run: Run, step: Ending) -> None:
        """Of the work under way. Raises WrongState if it is no longer ours."""
        self.ledger.change(run, lambda current: step(current.worked_on_by(run.owner)))

    def _deliver(self, job: Job, run: Run, result: str) -> str:
        """Brings the result to where it belongs, and returns as much of it as the record keeps."""
        text = result
        if len(result) > LONGEST_RESULT_SHOWN:
            encoded = result.encode()
            self._upload(run, f"{job.name}-result.txt", io.BytesIO(encoded), len(encoded), None)
            text = f"{result[:RESULT_PREVIEW].rstrip()} …\n_The whole result is in the file._"
        current = self.ledger.find(run.team_id, run.id)
        self.announcer.send_result(current, f"*{job.title}*\n{without_broadcasts(text)}")
        return text


def _with_tail(tail: LogTail, ending: Ending) -> Ending:
    return lambda run: replace(ending(run), log_tail=tail.lines)


def _cancelled_of_asyncio() -> type[BaseException]:
    """Evaluated only when something that is no Exception comes out of a job: no cold start shall pay for asyncio."""
    from asyncio import CancelledError

    return CancelledError
