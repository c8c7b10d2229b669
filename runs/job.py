"""A job: one function with one frozen dataclass of inputs. `@job` is all a team has to know to add one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from runs.errors import UnknownJob
from runs.groups import BUILT_IN, EVERYONE, WORKSPACE_ADMINS, is_name
from runs.inputs import BadDeclaration, Field, fields_of
from runs.inputs.notation import quoted
from runs.job_function import JobFunction, bad, inputs_of, place
from runs.mrkdwn import escape

if TYPE_CHECKING:
    from runs.context import RunContext

A_DAY = 24 * 3600  # seconds
LONGEST_TITLE = 150
MOST_APPROVALS = 10
SHORTEST_EXPIRY, LONGEST_EXPIRY = (
    60,
    30 * A_DAY,
)  # an undecided run keeps its record, and its requester, waiting

RESERVED_INPUTS = frozenset({"results"})  # Errand's own field of every form: where the result goes


@dataclass(frozen=True)
class Job:
    """`name` is what people type; `retry_safe` says that running it twice does no harm.

    `requesters` and `approvers` are names of groups; nobody has to approve a job without `approvers`.
    `approval_expires` is in seconds.
    """

    name: str
    title: str
    description: str
    inputs: type
    fields: tuple[Field, ...]
    function: JobFunction
    requesters: tuple[str, ...] = (EVERYONE,)
    approvers: tuple[str, ...] = ()
    approvals: int = 1
    self_approval: bool = False
    approval_expires: float = A_DAY
    dangerous: bool = False
    exclusive: bool = False
    retry_safe: bool = False

    @property
    def approvals_needed(self) -> int:
        return self.approvals if self.approvers else 0

    def __call__(self, inputs: Any, run: RunContext) -> str | None:
        return self.function(inputs, run)


def job(
    title: str,
    *,
    requesters: str | Sequence[str] = (EVERYONE,),
    approvers: str | Sequence[str] = (),
    approvals: int = 1,
    self_approval: bool = False,
    approval_expires: timedelta | float = A_DAY,
    dangerous: bool = False,
    exclusive: bool = False,
    retry_safe: bool = False,
) -> Callable[[JobFunction], Job]:
    """Declares the function below it as a job called `title`.

    Its first parameter is annotated with the frozen dataclass of its inputs, its second is the RunContext. The
    function's name, with dashes, is what people type after `/run`; the first paragraph of its docstring is the help.

    `requesters` may ask for it; with `approvers`, that many different ones of them as `approvals` says have to approve
    each run within `approval_expires` (seconds or a timedelta). All are names of groups. The requester counts as an
    approver only with `self_approval`, and has to say why. A `dangerous` job carries a warning, and is approved by
    workspace admins if nobody else is named. Of an `exclusive` job one run at a time is at work in a workspace.

    Raises BadDeclaration, with file and line, for what cannot become a form, or cannot be meant.
    """

    if callable(title):
        raise bad(title, "@job stands without a title.", '@job("What it does")')

    def declare(function: JobFunction) -> Job:
        if isinstance(function, Job):
            raise bad(function.function, "@job stands above it twice: take one of the two away")
        inputs = inputs_of(function)
        fields = fields_of(inputs)
        for each in fields:
            if each.name in RESERVED_INPUTS:
                raise bad(function, f"an input named {each.name!r} is Errand's own; choose another name")
        declared = Job(
            name=function.__name__.replace("_", "-"),
            title=title,
            description=_first_paragraph(function.__doc__),
            inputs=inputs,
            fields=fields,
            function=function,
            requesters=_names(requesters),
            approvers=_names(approvers) or ((WORKSPACE_ADMINS,) if dangerous else ()),
            approvals=approvals,
            self_approval=self_approval,
            approval_expires=_seconds(approval_expires),
            dangerous=dangerous,
            exclusive=exclusive,
            retry_safe=retry_safe,
        )
        for problem in _problems(declared):
            raise bad(function, problem)
        return declared

    return declare


class Jobs(Mapping[str, Job]):
    """The team's jobs by name, in the order they were listed. Raises BadDeclaration for two of one name."""

    def __init__(self, listed: Iterable[Job]) -> None:
        self._by_name: dict[str, Job] = {}
        for each in listed:
            if not isinstance(each, Job):
                raise _not_declared(each)
            earlier = self._by_name.get(each.name)
            if earlier is each:
                raise bad(each.function, f"the job {each.name!r} is listed twice. Take one of the two away")
            if earlier:
                raise bad(
                    each.function,
                    f"a second job is named {each.name!r}; the first one is in {place(earlier.function)}."
                    " Rename one of the functions",
                )
            self._by_name[each.name] = each

    def __getitem__(self, name: str) -> Job:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    @property
    def groups(self) -> tuple[str, ...]:
        """The names that an admin has to fill, in the order in which jobs name them."""
        named = (name for job in self.values() for name in (*job.requesters, *job.approvers))
        return tuple(dict.fromkeys(name for name in named if name not in BUILT_IN))

    def named(self, name: str) -> Job:
        """Raises UnknownJob, with the names that come close."""
        try:
            return self._by_name[name.lower().replace("_", "-")]
        except KeyError:
            from difflib import get_close_matches  # late: only mistakes pay for the import

            close = get_close_matches(name, self._by_name, n=3)
            hint = f" Did you mean {' or '.join(f'`{each}`' for each in close)}?" if close else ""
            raise UnknownJob(
                f"There is no job called {escape(quoted(name))}.{hint} Leave the name out to choose from a list."
            ) from None


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    """One name may stand by itself."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return (given,)
    return tuple(dict.fromkeys(given))


def _seconds(given: timedelta | float) -> float:
    return given.total_seconds() if isinstance(given, timedelta) else given


def _problems(job: Job) -> Iterator[str]:
    """Each a sentence's end, for whoever declared it."""
    if not _is_title(job.title):
        shown = quoted(str(job.title))
        yield f"its title is {shown}, but has to be one line of text, {LONGEST_TITLE} letters at most"
    for name in (*job.requesters, *job.approvers):
        if not is_name(name):
            yield (
                f"{name!r} is no name of a group: 1 to 40 lower-case letters, digits, dashes and underscores,"
                f" beginning with a letter, such as 'deployers'; or one of {', '.join(map(repr, BUILT_IN))}"
            )
    if not job.requesters:
        yield f"requesters is empty, so nobody could run it; leave it out for {EVERYONE!r}"
    if isinstance(job.approvals, bool) or not isinstance(job.approvals, int):
        yield f"approvals is {job.approvals!r}, but has to be a number of people"
    elif not 1 <= job.approvals <= MOST_APPROVALS:
        yield f"approvals is {job.approvals}, but has to be between 1 and {MOST_APPROVALS}"
    expiry = job.approval_expires
    if isinstance(expiry, bool) or not isinstance(expiry, (int, float)):
        yield f"approval_expires is {expiry!r}, but has to be a timedelta or a number of seconds"
    elif not SHORTEST_EXPIRY <= expiry <= LONGEST_EXPIRY:
        yield f"approval_expires is {expiry:g} s, but has to be between a minute and 30 days"
    for name in ("self_approval", "dangerous", "exclusive", "retry_safe"):
        if not isinstance(getattr(job, name), bool):
            yield f"{name} is {getattr(job, name)!r}, but has to be True or False"
    if not job.approvers and (job.approvals != 1 or job.self_approval or expiry != A_DAY):
        yield "it says how it is approved, but not by whom: add approvers=, such as approvers=('workspace_admins',)"


def _is_title(given: object) -> bool:
    return isinstance(given, str) and len(given.split("\n")) == 1 and 0 < len(given.strip()) <= LONGEST_TITLE


def _first_paragraph(docstring: str | None) -> str:
    return " ".join(inspect.cleandoc(docstring or "").split("\n\n")[0].split())


def _not_declared(listed: object) -> BadDeclaration:
    """Something else in the list of jobs."""
    if inspect.isfunction(listed):
        return bad(listed, f"{listed.__name__} is listed as a job, but has no @job(…) above it")
    what, instead = repr(listed), "the function itself, which has @job(…) above it"
    if inspect.ismodule(listed):
        what, instead = f"the module {listed.__name__}", "the function in it that has @job(…) above it"
    return bad(listed, f"{what} is listed as a job, but is none.", instead)
