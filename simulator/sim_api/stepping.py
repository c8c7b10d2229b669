"""The app's custom steps, run one at a time as a workflow would run them."""

import asyncio

from simulator.deliveries import Ack
from simulator.errors import SimError
from simulator.functions.definitions import Function
from simulator.functions.form import INTERACTIVITY, build_form, options_in, read_inputs
from simulator.functions.runs import FunctionRun, function_executed, interactivity, missing
from simulator.installation import check_installed
from simulator.payloads import event_payload
from simulator.sim_api.request import SimRequest
from simulator.state import Json, User


def get_functions(request: SimRequest) -> Json:
    """The newest first."""
    return {"runs": [run.to_json() for run in request.sim.functions.all()]}


async def post_form(request: SimRequest) -> Json:
    """The form that asks for the inputs; the app is asked for the options of those that it fills itself."""
    user, function = request.user(), _function(request)
    offered = {
        each.name: await _options(request, user, each.options_of, dict(each.options_inputs))
        for each in function.inputs
        if each.options_of
    }
    return {"view": build_form(function, offered)}


async def post_run(request: SimRequest) -> Json:
    user, function = request.user(), _function(request)
    inputs = read_inputs(function, request.object("inputs"))
    for each in function.inputs:
        if each.type == INTERACTIVITY:
            inputs.setdefault(each.name, interactivity(user.id, request.sim.triggers.issue(user.id)))
    absent = missing(function.inputs, inputs)
    if absent:
        raise SimError("missing_input", f"{function.title} needs: {', '.join(absent)}.")
    run, ack = await _begin(request, user, function, inputs)
    return {"run": run.to_json(), "ack": ack.to_json()}


def _function(request: SimRequest) -> Function:
    check_installed(request.sim)
    function = request.sim.manifest.function(request.text("callback_id"))
    if function is None:
        raise SimError("no_such_function", f"{request.sim.manifest.name} has no such step.", status=404)
    return function


async def _begin(
    request: SimRequest, user: User, function: Function, inputs: Json, *, for_form: bool = False
) -> tuple[FunctionRun, Ack]:
    sim = request.sim
    run = sim.functions.begin(sim, function, inputs, user.id, for_form=for_form)
    return run, await sim.deliveries.deliver_event(event_payload(sim, function_executed(sim, run)))


async def _options(request: SimRequest, user: User, callback_id: str, inputs: Json) -> list[Json]:
    """What the app offers, for which it has as long as for any other menu."""
    function = request.sim.manifest.function(callback_id)
    if function is None:
        message = f"The manifest has no function {callback_id}, which is to offer the options."
        raise SimError("no_such_function", message, status=404)
    run, _ = await _begin(request, user, function, inputs, for_form=True)
    try:
        async with asyncio.timeout(request.sim.timing.ack_seconds):
            await run.ended.wait()
    except TimeoutError:
        pass
    options = options_in(run.outputs)
    if not options:
        why = run.error or "it did not answer in time, or with no options"
        raise SimError("no_options", f"{function.title} offers nothing: {why}.", status=502)
    return options
