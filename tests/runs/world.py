"""Everything around RunService, for tests that let anything happen to it: what it is asked, what dies, what must hold.

Two ways to host it. On one's own machine it is one process, whose jobs have a pool, and whose death takes all that it
had in hand with it. On Lambda each request is an invocation with a lease, and is delivered again if it died; what one
hands on to the next is a request too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from runs.accounts import MOST_ATTEMPTS
from runs.clients import Clients
from runs.context import RunContext
from runs.errors import Refused, RunFailed, RunNotFound, UnknownJob, WrongState
from runs.groups import Group
from runs.hands import Hands
from runs.job import Job, Jobs, job
from runs.ledger import Ledger
from runs.line import LineStore
from runs.run import NEXT_STATES, Results, Run, RunRequest, RunState, again
from runs.service import RunService
from runs.store import RunStore
from tests.runs.office import ANN, BOB, CHANNEL, IVAN, MARGIT, TEAM, Office, OfficeClient, response
from tests.runs.tasks import FAR, Task, Tasks, Trouble

MOST_RUNNING = 2
LEASE = 900.0  # seconds
AN_HOUR = 3600.0

KEEPERS = (BOB, MARGIT, IVAN)
FULL_MEMBERS = (ANN, BOB, MARGIT, IVAN)

TOLD = (Refused, RunFailed, RunNotFound, UnknownJob, WrongState)  # whoever asked is told; not tried again
ON_LAMBDA_TRIED = 3


@dataclass(frozen=True)
class Nothing:
    pass


@dataclass(eq=False)
class Request:
    """Something that RunService is to do. `work` may be done again: by Slack, by Lambda, by two fingers."""

    name: str
    work: Callable[[RunService], object]
    tries: int = 0


class Guarded:
    """A store behind a boundary."""

    def __init__(self, inner: Any, cross: Callable[..., Any], kind: str) -> None:
        self._inner, self._cross, self._kind = inner, cross, kind

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)

        def call(*arguments: Any, **named: Any) -> Any:
            return self._cross(self._kind, lambda: method(*arguments, **named))

        return call


class WatchedRuns:
    """Says of each change that was written whether it may have been."""

    def __init__(
        self, inner: RunStore, violated: Callable[[str], None], owner: Callable[[], str | None]
    ) -> None:
        self._inner, self._violated, self._owner = inner, violated, owner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def unsettled(self) -> list[Run]:
        return list(self._inner.unsettled())

    def replace(self, run: Run) -> Run:
        before = self._inner.find(team_id=run.team_id, run_id=run.id)
        after = self._inner.replace(run)
        if before:
            for problem in (*problems_of_change(before, after), *self._problems_of_hands(before, after)):
                self._violated(f"{run.id}: {problem}")
        return after

    def _problems_of_hands(self, before: Run, after: Run) -> Iterator[str]:
        """What only the one in whose hands it is may do, however late."""
        is_begun = before.state is RunState.QUEUED and after.state is RunState.RUNNING
        is_done = before.state is RunState.RUNNING and after.state in (RunState.SUCCEEDED, RunState.FAILED)
        is_opened = before.expires_at is None and after.expires_at is not None
        is_put_in_line = not before.is_waiting and after.is_waiting
        owner = self._owner()
        if (is_begun or is_done or is_opened or is_put_in_line) and owner not in (None, before.owner):
            yield f"{owner} made it {after.state} in the hands of {before.owner}"


def problems_of_change(before: Run, after: Run) -> Iterator[str]:
    is_anew = before.was_turned_away and after.is_live
    if not is_anew and before.state is not after.state and after.state not in NEXT_STATES[before.state]:
        yield f"from {before.state} to {after.state}"
    if not is_anew and after.history[: len(before.history)] != before.history:
        yield "its history was rewritten"
    if not before.is_live and not is_anew:
        kept = ("state", "ended_at", "result", "approvals", "inputs", "history", "error")
        for name in kept:
            if getattr(before, name) != getattr(after, name):
                yield f"its {name} changed after its end"
    if before.expires_at is not None and not is_anew and before.inputs != after.inputs:
        yield "its inputs changed after approvers were asked"
    if after.state is RunState.RUNNING and not after.is_approved:
        yield "it runs without its approvals"
    if (after.ended_at is None) != after.is_live:
        yield f"it is {after.state}, and ended at {after.ended_at}"


class Keepers:
    """The one group that jobs name, filled."""

    def find(self, *, team_id: str, name: str) -> Group:
        return Group(team_id, name, people=KEEPERS, version=1)

    def replace(self, group: Group) -> Group:
        raise AssertionError("nobody in this world changes a group")


class World:
    """`violations` are what must not have happened."""

    def __init__(self, store: RunStore, lines: LineStore, *, on_lambda: bool) -> None:
        self.on_lambda = on_lambda
        self.tasks, self.office = Tasks(), Office()
        self.store, self.lines = store, lines
        self.violations: list[str] = []
        self.requests: list[Request] = []  # not done yet
        self.done: list[Request] = []
        self.time = self.latest = self.monotonic = 1_000_000.0
        self.calls: Counter[str] = Counter()
        self.called_by: dict[str, list[Task]] = defaultdict(list)
        self.pieces: set[tuple[str, int]] = set()
        self.at_work: dict[Task, tuple[str, Job]] = {}
        self.pressed: dict[str, dict[str, bool]] = defaultdict(dict)  # run -> who approved -> with a reason
        self.demoted_at: dict[str, int] = {}
        self._warm: list[RunService] = []
        self._numbers = count(1)
        self.jobs = Jobs(jobs_of(self))
        self.process = None if on_lambda else self._new_service()

    def violated(self, what: str) -> None:
        self.violations.append(what)

    # what is asked of it

    def ask(self, user: str, job_name: str, *, in_channel: bool) -> None:
        request = RunRequest(
            key=f"key {next(self._numbers)}",
            team_id=TEAM,
            requester=user,
            job=job_name,
            inputs={},
            results=Results.HERE if in_channel else Results.DM,
            channel_id=CHANNEL if in_channel else None,
        )
        self._command(f"{user} asks for {job_name}", lambda service: request)

    def press_run_again(self, user: str, run: Run) -> None:
        def asked(service: RunService) -> RunRequest:
            return again(service.find(TEAM, run.id), requester=user, response_url=None)

        self._command(f"{user} runs {run.id} again", asked, anew=True)

    def _command(self, name: str, asked: Callable[[RunService], RunRequest], *, anew: bool = False) -> None:
        lazy = Request(name, lambda service: service.begin(asked(service), anew=anew))
        if self.on_lambda:
            self.requests.append(lazy)
            return

        def acked() -> None:
            self._here.accept(asked(self._here))
            self.requests.append(lazy)

        self._run(self._task(f"{name} (ack)", acked))

    def press_approve(self, user: str, run: Run, reason: str | None) -> None:
        def approve(service: RunService) -> object:
            self.pressed[run.id][user] = bool(reason)
            return service.approve(team_id=TEAM, run_id=run.id, actor=user, reason=reason)

        self.requests.append(Request(f"{user} approves {run.id}", approve))

    def press_deny(self, user: str, run: Run) -> None:
        self.requests.append(
            Request(
                f"{user} denies {run.id}",
                lambda service: service.deny(team_id=TEAM, run_id=run.id, actor=user, reason="No."),
            )
        )

    def press_cancel(self, user: str, run: Run) -> None:
        lazy = Request(
            f"{user} cancels {run.id}",
            lambda service: service.cancel(team_id=TEAM, run_id=run.id, actor=user),
        )
        if not self.on_lambda:
            self._run(
                self._task(
                    "cancel (ack)",
                    lambda: self._here.accept_cancel(team_id=TEAM, run_id=run.id, actor=user),
                )
            )
        self.requests.append(lazy)

    def account(self) -> None:
        self.requests.append(Request("account", lambda service: service.account()))

    # how it is done

    def deliver(self, request: Request, steps: int = FAR, *, dies: bool = False) -> None:
        """So far; it may have to wait there, or die."""
        if request not in self.requests:
            return
        self.requests.remove(request)
        request.tries += 1
        if not self.on_lambda:
            self._run(self._task(request.name, lambda: request.work(self._here), request), steps, dies=dies)
            return
        service = self._warm.pop() if self._warm else self._new_service()

        def invocation() -> None:
            request.work(service)

        task = self._task(request.name, invocation, request)
        task.service = service  # type: ignore[attr-defined]
        self._run(task, steps, dies=dies)

    def go_on(self, task: Task, steps: int = FAR, *, dies: bool = False) -> None:
        self._run(task, steps, dies=dies)

    def kill(self, task: Task) -> None:
        self.tasks.kill(task)
        self._after(task)

    def deliver_again(self, request: Request) -> None:
        self.requests.append(Request(f"{request.name} (again)", request.work))

    def passes(self, seconds: float) -> None:
        """Lambda ends what is at work when its time is over."""
        self.monotonic += seconds
        self._set_clock(self.time + seconds)
        for task in list(self.tasks.parked):
            if task.hands.until is not None and task.hands.until <= self.time and not task.is_late:
                self.kill(task)

    def clock_is_set(self, seconds: float) -> None:
        """Forward or back, though no time passes: who is at work seems to be dead, or to have years to live."""
        self._set_clock(self.time + seconds)
        for task in self.tasks.parked:
            task.is_late = task.is_late or (task.hands.until or self.time + 1) <= self.time

    def _set_clock(self, time: float) -> None:
        self.time, self.latest = time, max(self.latest, time)

    def _sleep(self, seconds: float) -> None:
        self.monotonic += seconds
        self._set_clock(self.time + seconds)
        current = self.tasks.current
        if current and current.hands.until is not None and current.hands.until <= self.time:
            current.is_dead = True

    def set_admin(self, user: str, is_admin: bool) -> None:
        if self.office.users[user]["is_admin"] and not is_admin:
            self.demoted_at[user] = self.tasks.moment
        self.office.users[user]["is_admin"] = is_admin

    @property
    def _here(self) -> RunService:
        assert self.process
        return self.process

    def _task(self, name: str, work: Callable[[], object], request: Request | None = None) -> Task:
        parent = self.tasks.current
        owner = f"owner {next(self._numbers)}"
        task = Task(
            name,
            work,
            Hands(owner, self.time + LEASE),
            began=parent.began if parent else self.tasks.moment,
            may_park_anywhere=self.on_lambda,
        )
        task.request = request  # type: ignore[attr-defined]
        return task

    def _run(self, task: Task, steps: int = FAR, *, dies: bool = False) -> None:
        self.tasks.go_on(task, steps, dies=dies)
        self._after(task)

    def _after(self, task: Task) -> None:
        if not task.is_done:
            return
        self.at_work.pop(task, None)
        request = getattr(task, "request", None)
        if task.is_dead:
            if not self.on_lambda:
                self._restart()
                return
        elif self.on_lambda and hasattr(task, "service"):
            self._warm.append(task.service)
        is_failed = task.is_dead or (task.error is not None and not isinstance(task.error, TOLD))
        if request is None:
            return
        if is_failed and self.on_lambda and request.tries < ON_LAMBDA_TRIED:
            self.requests.append(request)
        else:
            self.done.append(request)

    def _restart(self) -> None:
        """All that the process had in hand is gone. Slack does not deliver again what was acked."""
        parked, self.tasks.parked = self.tasks.parked, []
        for task in parked:
            self.tasks.kill(task)
            self.at_work.pop(task, None)
        self.process = self._new_service()
        self.requests = [Request("recover", lambda service: service.recover())]

    def _new_service(self) -> RunService:
        cross = self.tasks.cross
        watched = WatchedRuns(self.store, self.violated, self._owner)
        ledger = Ledger(Guarded(watched, cross, "store"))  # type: ignore[arg-type]
        clients = Clients(
            api_url="https://slack.test/api/",
            client_of=lambda team_id, enterprise_id, **options: OfficeClient(self.office, cross, **options),
        )
        lambdas: dict[str, Any] = {
            "hand_on": self._hand_on,
            "hands": lambda: self.tasks.current.hands if self.tasks.current else None,
            "acks_are_durable": True,
        }
        return RunService(
            jobs=self.jobs,
            ledger=ledger,
            clients=clients,
            render=lambda run: {"text": shown(run)},
            groups=Keepers(),
            render_request=lambda run, user: {"text": asked(run)},
            render_home=lambda home: {"type": "home", "blocks": []},
            draw=lambda result, note: None,
            open_lines=lambda: Guarded(self.lines, cross, "line"),  # type: ignore[return-value,arg-type]
            start=(lambda work: work()) if self.on_lambda else self._start,
            most_running=MOST_RUNNING,
            clock=lambda: self.time,
            monotonic=lambda: self.monotonic,
            sleep=self._sleep,
            **(lambdas if self.on_lambda else {}),
        )

    def _owner(self) -> str | None:
        """Whoever has its turn, on Lambda; a process has all its runs in the same hands."""
        current = self.tasks.current
        return current.hands.owner if current and self.on_lambda else None

    def _hand_on(self, run: Run) -> None:
        request = Request(
            f"start {run.id} at {run.seq}",
            lambda service: service.go_on(team_id=TEAM, run_id=run.id, seq=run.seq),
        )
        self.tasks.cross("invoke", lambda: self.requests.append(request))

    def _start(self, work: Callable[[], object]) -> None:
        """Into the pool of the process that is now: one that has died starts nothing."""
        if self.tasks.current and self.tasks.current.is_dead:
            return
        began = self.tasks.current.began if self.tasks.current else self.tasks.moment

        def in_the_pool(service: RunService) -> None:
            if self.tasks.current:
                self.tasks.current.began = began
            work()

        self.requests.append(Request("a job of the pool", in_the_pool))

    # what must hold

    @contextmanager
    def working(self, run: RunContext) -> Iterator[None]:
        """Around what a job does."""
        task = self.tasks.current
        assert task
        record = self.store.find(team_id=TEAM, run_id=run.id)
        assert record
        declared = self.jobs[record.job]
        if not task.is_late:
            self._check_call(task, record, declared)
        self.calls[run.id] += 1
        self.called_by[run.id].append(task)
        self.at_work[task] = (run.id, declared)
        try:
            yield
        finally:
            self.at_work.pop(task, None)

    def _check_call(self, task: Task, run: Run, declared: Job) -> None:
        if run.state is not RunState.RUNNING or (self.on_lambda and run.owner != task.hands.owner):
            self.violated(f"{run.id} is {run.state} in the hands of {run.owner}, and its job was called")
        others = [(other, job) for each, (other, job) in self.at_work.items() if not each.is_late]
        if len(others) >= MOST_RUNNING:
            self.violated(f"{len(others) + 1} runs are at work")
        if declared.exclusive and any(job.name == declared.name for _, job in others):
            self.violated(f"two runs of {declared.name} are at work")
        earlier = self.called_by[run.id]
        if declared.name == "in-pieces":
            pass  # each piece is counted
        elif earlier and not declared.retry_safe:
            self.violated(f"{run.id} was run twice")
        elif any(not each.is_dead and not each.is_late for each in earlier):
            self.violated(f"{run.id} was run again, though nobody died")
        if len(earlier) >= MOST_ATTEMPTS and declared.retry_safe:
            self.violated(f"{run.id} was tried {len(earlier) + 1} times")
        approvers = [user for user in self.pressed[run.id] if self._could_approve(user, run, declared, task)]
        if len(approvers) < declared.approvals_needed:
            self.violated(f"{run.id} was run with the approval of {approvers}")

    def _could_approve(self, user: str, run: Run, declared: Job, task: Task) -> bool:
        """Now, or at some time since somebody took it up."""
        if user == run.requester and not (declared.self_approval and self.pressed[run.id][user]):
            return False
        if declared.approvers == ("workspace_admins",):
            was_one = self.demoted_at.get(user, -1) >= task.began
            return bool(self.office.users[user]["is_admin"]) or was_one
        return (
            user
            in {"keepers": (BOB, MARGIT, IVAN), "everyone": (ANN, BOB, MARGIT, IVAN)}[declared.approvers[0]]
        )

    def _was_ever_approver(self, user: str, run: Run) -> bool:
        if user == run.requester and not self.jobs[run.job].self_approval:
            return False
        return user in {"approved": (MARGIT, IVAN), "twice": KEEPERS, "own": FULL_MEMBERS}[run.job]

    @property
    def is_calm(self) -> bool:
        """Nobody is in the middle of anything, nor is anything about to go wrong."""
        return not self.tasks.parked and not any(each.left for each in self.tasks.troubles.values())

    def places_of_those_who_wait(self) -> list[Run]:
        """Those whose turn has come without anybody calling them."""
        line = self.lines.find(team_id=TEAM)
        return [run for run in self.runs() if run.is_waiting and line.entry_of(run) in line.running]

    def runs(self) -> list[Run]:
        return self.store.recent(team_id=TEAM, limit=100)

    def settle(self) -> None:
        """Nothing goes wrong any more, and some hours pass."""
        self.tasks.troubles.clear()
        for pause in (self.latest - self.time, *[61.0] * 6, *[600.0] * 12):
            self.passes(pause)
            if pause:
                self.account()
            self._drain()
            if all(run.is_settled for run in self.runs()):
                break

    def _drain(self) -> None:
        while self.requests or self.tasks.parked:
            for task in list(self.tasks.parked):
                self.go_on(task)
            for request in list(self.requests):
                self.deliver(request)

    def problems(self) -> Iterator[str]:
        """Once it is settled."""
        yield from self.violations
        line = self.lines.find(team_id=TEAM)
        if line.waiting:  # whoever could not leave is found when somebody waits for their place
            yield f"somebody is left in the line: {line}"
        for run in self.runs():
            for problem in self._problems_of(run):
                yield f"{problem}\n{run}"

    def _problems_of(self, run: Run) -> Iterator[str]:
        if run.is_live:
            yield "It never ends."
        elif not run.is_settled:
            yield "Somebody was not told."
        elif run.was_turned_away:
            if not any(run.error in each.text for each in self.office.sent_to(run.requester)):
                yield "Its requester was not told why it was turned away."
        elif run.message is None or self.office.messages[run.message.ts].text != shown(run):
            yield f"Its message does not agree: {run.message and self.office.messages[run.message.ts]}"
        elif not self._is_notified(run, run.message.ts):
            yield f"Its requester was not notified of the end: {self.office.in_thread(run.message.ts)}"
        for each in run.approvals:
            if not self._was_ever_approver(each.actor, run):
                yield f"{each.actor} approved it."
        for each in run.asked:
            if each.ts and self.office.messages[each.ts].text != asked(run):
                yield f"{each.user} was not told: {self.office.messages[each.ts]}"
        if len({each.user for each in run.asked}) != len(run.asked):
            yield "Somebody is asked twice."

    def _is_notified(self, run: Run, ts: str) -> bool:
        """Of an end that they do not expect: the edit of a message tells nobody."""
        is_unexpected = run.state in (RunState.LOST, RunState.DENIED, RunState.EXPIRED) or (
            run.state is RunState.CANCELLED and run.cancelled_by != run.requester
        )
        messages = self.office.messages.values()
        is_posted = any(each.posted_as == shown(run) for each in messages)
        threads = [each.thread_ts for each in messages if f"<@{run.requester}>" in each.text]
        return not is_unexpected or is_posted or any(each is not None for each in threads)


def shown(run: Run) -> str:
    """The message of a run."""
    return f"{run.id} {run.state} {run.standing} {run.turn}"


def asked(run: Run) -> str:
    """The message of an approver."""
    return f"{run.id} awaits {run.standing}"


def slack_trouble(left: int, *, is_refused: bool, is_done: bool) -> Trouble:
    def refusal() -> Exception:
        try:
            response(OfficeClient(Office(), lambda *_: None), {"ok": False, "error": "internal_error"})
        except Exception as error:
            return error
        raise AssertionError

    return Trouble(refusal if is_refused else lambda: OSError("unreachable"), left, is_done)


def jobs_of(world: World) -> list[Job]:
    def work(run: RunContext) -> str:
        with world.working(run):
            run.progress(1, 2)
            world.tasks.cross("job", lambda: None)
            run.progress(2, 2)
        return "Done."

    @job("Work")
    def plain(inputs: Nothing, run: RunContext) -> str:
        return work(run)

    @job("Work alone", exclusive=True)
    def alone(inputs: Nothing, run: RunContext) -> str:
        return work(run)

    @job("Work again after a crash", retry_safe=True)
    def safe(inputs: Nothing, run: RunContext) -> str:
        return work(run)

    @job("Fail")
    def fails(inputs: Nothing, run: RunContext) -> str:
        with world.working(run):
            raise RuntimeError("as it does")

    @job("Work in pieces")
    def in_pieces(inputs: Nothing, run: RunContext) -> str:
        for piece in range(run.last_checkpoint or 0, 3):
            with world.working(run):
                if (run.id, piece) in world.pieces:
                    world.violated(f"piece {piece} of {run.id} was done twice")
                world.pieces.add((run.id, piece))
                world.tasks.cross("job", lambda: None)
            run.checkpoint(piece + 1)
        return "Done."

    hour = timedelta(seconds=AN_HOUR)

    @job("Ask an admin", approvers="workspace_admins", approval_expires=hour)
    def approved(inputs: Nothing, run: RunContext) -> str:
        return work(run)

    @job("Ask two keepers", approvers="keepers", approvals=2, approval_expires=hour, exclusive=True)
    def twice(inputs: Nothing, run: RunContext) -> str:
        return work(run)

    @job("Ask anybody", approvers="everyone", self_approval=True, approval_expires=hour)
    def own(inputs: Nothing, run: RunContext) -> str:
        return work(run)

    @job("For keepers", requesters="keepers", retry_safe=True, exclusive=True)
    def theirs(inputs: Nothing, run: RunContext) -> str:
        return work(run)

    return [plain, alone, safe, fails, in_pieces, approved, twice, own, theirs]
