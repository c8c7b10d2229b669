"""functions.*: how a run of the app's function ended."""

from simulator.errors import ApiError
from simulator.functions.runs import FunctionRun, end, missing
from simulator.state import Json
from simulator.web_api.call import Call, invalid_arguments


def complete_success(call: Call) -> Json:
    """Once, with every output that the manifest requires."""
    outputs = call.structure("outputs")
    run = _running(call)
    if not isinstance(outputs, dict):
        raise invalid_arguments("missing required field: outputs")
    absent = missing(run.function.outputs, outputs)
    if absent:
        problems = [f"[ERROR] missing required field: {each} [json-pointer:/outputs]" for each in absent]
        raise ApiError("parameter_validation_failed", response_metadata={"messages": problems})
    run.outputs = outputs
    end(call.sim, run, "completed")
    return {}


def complete_error(call: Call) -> Json:
    """The error is told to whoever runs the workflow."""
    error = call.required("error")
    run = _running(call)
    run.error = error
    end(call.sim, run, "failed")
    return {}


def _running(call: Call) -> FunctionRun:
    run = call.sim.functions.get(call.required("function_execution_id"))
    if run is None:
        raise ApiError("function_execution_not_found")
    if run.state != "running":
        raise ApiError("execution_not_in_running_state")
    return run
