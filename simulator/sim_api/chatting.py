"""A person and an app that is an assistant."""

from simulator.assistant import begin_thread, change_context, thread_json, thread_of
from simulator.errors import SimError
from simulator.installation import check_installed
from simulator.sim_api.request import SimRequest
from simulator.state import Json


def get_assistant(request: SimRequest) -> Json:
    """What the app shows beside a thread; without `ts` beside the whole conversation."""
    channel = request.channel(request.user())
    return thread_json(thread_of(request.sim, channel, request.ts("ts") or ""))


def post_assistant(request: SimRequest) -> Json:
    """Opens a new chat; with `ts` the person looks at another conversation (`viewing`) beside that chat."""
    user, sim = request.user(), request.sim
    check_installed(sim)
    if not sim.manifest.assistant:
        raise SimError("no_assistant", f"{sim.manifest.name} is no assistant.", status=404)
    viewing = request.text("viewing", "") or None
    ts = request.ts("ts")
    if ts is None:
        channel, ts = begin_thread(sim, user.id, viewing)
        return {"channel": channel.id, "ts": ts}
    own = sim.workspace.direct_message(user.id, sim.workspace.bot_user_id)
    if own is None or own.history.get(ts) is None:
        raise SimError("thread_not_found", "This chat is not there any more.", status=404)
    change_context(sim, user.id, own, ts, viewing)
    return {"channel": own.id, "ts": ts}
