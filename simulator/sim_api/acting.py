"""What a person does: writes, runs commands, presses buttons, submits forms."""

from simulator.actions import SELECTED, Press, press_in_message, press_in_view
from simulator.app_events import app_home_opened
from simulator.assistant import asked, begin_thread
from simulator.commands import run_command
from simulator.deliveries import Ack
from simulator.errors import ApiError, SimError
from simulator.installation import check_installed
from simulator.legacy import presses
from simulator.messages import (
    TEXT_LIMIT,
    find_ephemeral,
    mark_read,
    person_message,
    post,
    remove,
    update,
)
from simulator.objects import channel_json
from simulator.payloads import message_shortcut_payload, shortcut_payload
from simulator.people import direct_message_with, group_message_with
from simulator.reactions import react, unreact
from simulator.sim_api.request import SimRequest
from simulator.state import Channel, Json, User, View
from simulator.submissions import close, submit
from simulator.suggestions import suggest_in_message, suggest_in_view
from simulator.text import from_person
from simulator.unfurls import link_shared


async def post_message(request: SimRequest) -> Json:
    user = request.user()
    channel = request.writable(user)
    check_talks(request, channel)
    text = _typed(request)
    thread_ts = request.ts("thread_ts")
    if thread_ts and channel.history.get(thread_ts) is None:
        raise SimError("thread_not_found", "The message you answer is not there any more.", status=404)
    if thread_ts is None and _is_with_assistant(request, channel):
        _, thread_ts = begin_thread(request.sim, user.id, None)
    message = person_message(request.sim, user.id, from_person(text, request.workspace, user.id))
    posted = post(request.sim, channel, message, thread_ts=thread_ts)
    link_shared(request.sim, channel, posted)
    asked(request.sim, channel, thread_ts)
    return {"message": posted}


async def edit_message(request: SimRequest) -> Json:
    """One's own words, changed later on."""
    user = request.user()
    channel, message = _own_message(request, user)
    text = from_person(_typed(request), request.workspace, user.id)
    edited = {"user": user.id, "ts": request.sim.timestamps.next()}
    update(request.sim, channel, message, {"text": text, "edited": edited})
    return {"message": message}


async def delete_message(request: SimRequest) -> Json:
    channel, message = _own_message(request, request.user())
    remove(request.sim, channel, message)
    return {}


def _own_message(request: SimRequest, user: User) -> tuple[Channel, Json]:
    channel, ts = request.writable(user), request.ts("ts")
    message = channel.history.get(ts) if ts else None
    if message is None or message.get("subtype") == "tombstone":
        raise SimError("no_such_message", "This message is not there any more.", status=404)
    if message["user"] != user.id:
        raise SimError("not_your_message", "Only who wrote a message can change it.", status=403)
    return channel, message


async def post_reaction(request: SimRequest) -> Json:
    user = request.user()
    channel, ts = request.writable(user), request.ts("ts")
    message = channel.history.get(ts) if ts else None
    if message is None:
        raise SimError("no_such_message", "This message is not there any more.", status=404)
    change = unreact if request.flag("remove") else react
    try:
        change(request.sim, channel, message, user.id, request.text("name"))
    except ApiError as error:
        raise SimError(error.error, "This emoji cannot be put there or taken away.") from None
    return {}


async def post_command(request: SimRequest) -> Json:
    user = request.user()
    channel = request.writable(user)
    line = _typed(request)
    return _answer(await run_command(request.sim, user, channel, line, request.ts("thread_ts")))


async def post_action(request: SimRequest) -> Json:
    user, container = request.user(), request.object("container")
    check_installed(request.sim)
    inner = SimRequest(request.sim, container, request.path)
    if "attachment_id" in container:
        fields = {key: value for key, value in request.fields.items() if key in SELECTED}
        return _answer(await presses.press(request.sim, user, _in_attachment(request, user), fields))
    press = _press(request, user)
    if container.get("type") == "message":
        channel = inner.channel(user)
        message = request.object("message") or None if request.flag("stale") else None
        return _answer(await press_in_message(request.sim, press, channel, inner.text("ts"), message))
    return _answer(await press_in_view(request.sim, press, _view(request, user)))


async def post_options(request: SimRequest) -> Json:
    """Somebody opens an external menu, or types into it."""
    user, container = request.user(), request.object("container")
    check_installed(request.sim)
    query = request.text("query", "")
    if "attachment_id" in container:
        return await presses.suggest(request.sim, user, _in_attachment(request, user), query)
    block_id, action_id = request.text("block_id"), request.text("action_id")
    if container.get("type") == "message":
        channel, message = _shown_message(request, user)
        return await suggest_in_message(
            request.sim, user, channel, message, block_id=block_id, action_id=action_id, query=query
        )
    return await suggest_in_view(
        request.sim, user, _view(request, user), block_id=block_id, action_id=action_id, query=query
    )


def _shown_message(request: SimRequest, user: User) -> tuple[Channel, Json]:
    """The container's message, which may be one that only this person sees."""
    inner = SimRequest(request.sim, request.object("container"), request.path)
    channel, ts = inner.channel(user), inner.text("ts")
    message = find_ephemeral(request.sim, channel.id, user.id, ts) or channel.history.get(ts)
    if message is None:
        raise SimError("no_such_message", "This message is not there.", status=404)
    return channel, message


def _in_attachment(request: SimRequest, user: User) -> presses.Place:
    inner = SimRequest(request.sim, request.object("container"), request.path)
    channel, message = _shown_message(request, user)
    return presses.find_place(channel, message, inner.whole("attachment_id", 0), request.text("action_id"))


def _view(request: SimRequest, user: User) -> View:
    """The modal or the App Home that is meant."""
    container = request.object("container")
    if container.get("type") == "view":
        return request.modal(user, SimRequest(request.sim, container, request.path).text("view_id"))
    if container.get("type") == "home" and user.id in request.workspace.homes:
        return request.workspace.homes[user.id]
    raise SimError("no_such_container", "There is nothing to press here.", status=404)


async def post_submit(request: SimRequest) -> Json:
    view = request.modal(request.user())
    skip = request.flag("skip_client_checks")
    return await submit(request.sim, view, request.values(), skip_client_checks=skip)


async def post_close(request: SimRequest) -> Json:
    view = request.modal(request.user())
    return _answer(await close(request.sim, view, everything=request.flag("clear")))


async def post_shortcut(request: SimRequest) -> Json:
    """A global shortcut; with `channel` and `ts` a message shortcut on that message."""
    user, sim = request.user(), request.sim
    check_installed(sim)
    shortcut = sim.manifest.shortcut(request.text("callback_id"))
    if shortcut is None:
        raise SimError("no_such_shortcut", f"{sim.manifest.name} has no such shortcut.", status=404)
    if shortcut.type == "message":
        return await _message_shortcut(request, user, shortcut.callback_id)
    payload = shortcut_payload(sim, shortcut.callback_id, user.id, sim.triggers.issue(user.id))
    return _answer(await sim.deliveries.deliver("interactive", payload))


async def post_home(request: SimRequest) -> Json:
    user = request.user()
    tab = request.text("tab", "home")
    if tab not in ("home", "messages"):
        raise SimError("invalid_arguments", "“tab” must be home or messages.")
    return _answer(await app_home_opened(request.sim, user.id, tab))


async def post_read(request: SimRequest) -> Json:
    user = request.user()
    mark_read(request.sim, request.joined(user, request.path["channel"]), user.id)
    return {}


async def post_dm(request: SimRequest) -> Json:
    user = request.user()
    several = isinstance(request.fields.get("with"), list)
    ids = request.texts("with") if several else [request.text("with")]
    for each in ids or [""]:
        other = request.workspace.users.get(each)
        if other is None or other.deleted:
            raise SimError("user_not_found", "There is no such person.", status=404)
    if len(set(ids) - {user.id}) > 1:
        channel = group_message_with(request.sim, user.id, ids)
    else:
        channel = direct_message_with(request.sim, user.id, ids[0])
    return {"channel": channel_json(channel, user.id)}


def _is_with_assistant(request: SimRequest, channel: Channel) -> bool:
    """Talking to an assistant goes on in threads only: what is not in one begins one."""
    assistant = request.sim.manifest.assistant and request.workspace.installation is not None
    return assistant and channel.kind == "im" and request.workspace.bot_user_id in channel.members


def check_talks(request: SimRequest, channel: Channel) -> None:
    """An app's Messages tab may be for reading only."""
    manifest = request.sim.manifest
    with_bot = channel.kind == "im" and request.workspace.bot_user_id in channel.members
    if with_bot and manifest.messages_tab_read_only:
        raise SimError("messages_tab_read_only", f"{manifest.name} reads no messages here.", status=403)


def _typed(request: SimRequest) -> str:
    text = request.text("text")
    if not text.strip():
        raise SimError("no_text", "Write something first.")
    if len(text) > TEXT_LIMIT:
        raise SimError(
            "msg_too_long", f"A message can have {TEXT_LIMIT:,} characters; this has {len(text):,}."
        )
    return text


def _press(request: SimRequest, user: User) -> Press:
    action = request.object("action") if request.flag("stale") else {}
    source = SimRequest(request.sim, action, request.path) if action else request
    return Press(
        user=user,
        block_id=source.text("block_id"),
        action_id=source.text("action_id"),
        fields={key: value for key, value in request.fields.items() if key in SELECTED},
        values=request.values(),
        action=action or None,
    )


async def _message_shortcut(request: SimRequest, user: User, callback_id: str) -> Json:
    sim, channel, ts = request.sim, request.channel(user), request.ts("ts")
    message = channel.history.get(ts) if ts else None
    if message is None:
        raise SimError("no_such_message", "This message is not there any more.", status=404)
    # The message is somebody's own: an answer is never put in its place.
    path = sim.response_urls.issue(
        "actions", sim.workspace.team_id, user=user.id, channel=channel.id, message_ts=None, ephemeral=False
    )
    trigger_id = sim.triggers.issue(user.id, channel=channel.id)
    payload = message_shortcut_payload(
        sim, callback_id, user.id, trigger_id, channel, message, sim.url + path
    )
    return _answer(await sim.deliveries.deliver("interactive", payload))


def _answer(ack: Ack | None) -> Json:
    """`ack` is null if nothing was sent to the app."""
    return {"ack": ack.to_json() if ack else None}
