"""files.*: the external upload flow (https://docs.slack.dev/messaging/working-with-files)."""

import dataclasses
import mimetypes
import time
from typing import Any

from simulator.errors import ApiError
from simulator.file_store import BIGGEST, Upload
from simulator.ids import new_id, parse_ts
from simulator.messages import bot_message, post, update
from simulator.objects import file_object
from simulator.people import direct_message_with
from simulator.state import Channel, File, Json
from simulator.web_api.call import Call, invalid_arguments


def get_upload_url(call: Call) -> Json:
    name = call.required("filename")
    length = call.whole_number("length", "invalid_arguments")
    if not length:
        raise ApiError("missing_argument")
    if length > BIGGEST:
        raise ApiError("file_upload_size_restricted")
    upload = Upload(new_id("F"), name, length, call.bot)
    token = call.sim.files.expect(upload)
    return {"upload_url": f"{call.sim.url}/upload/v1/{token}", "file_id": upload.file_id}


def complete_upload(call: Call) -> Json:
    """Makes files of what was uploaded and, if asked to, shares them in a message."""
    channels = [_share_in(call, each) for each in _channel_ids(call)]
    ready = [_uploaded(call, each) for each in _file_items(call)]
    files = [_make_file(call, upload, title) for upload, title in ready]
    for channel in channels:
        _share(call, channel, files)
    return {"files": [file_object(file, call.sim) for file in files]}


def info(call: Call) -> Json:
    file = call.workspace.files.get(call.text("file"))
    if file is None:
        raise ApiError("file_not_found")
    if not _is_seen(call, file):
        raise ApiError("not_visible")
    return {"file": file_object(file, call.sim), "comments": [], "response_metadata": {"next_cursor": ""}}


def list_files(call: Call) -> Json:
    """By pages, as Slack still does here: `page` and `count`."""
    count = min(call.whole_number("count", "invalid_arguments") or 100, 1000)
    page = call.whole_number("page", "invalid_arguments") or 1
    found = [each for each in call.workspace.files.values() if _is_wanted(call, each)]
    found.sort(key=lambda each: each.created, reverse=True)
    shown = found[(page - 1) * count : page * count]
    pages = -(-len(found) // count)
    paging = {"count": count, "total": len(found), "page": page, "pages": pages}
    return {"files": [file_object(each, call.sim) for each in shown], "paging": paging}


def delete_file(call: Call) -> Json:
    """The file goes, and out of the messages that show it."""
    file = call.workspace.files.get(call.required("file"))
    if file is None:
        raise ApiError("file_not_found")
    if file.user != call.actor:
        raise ApiError("cant_delete_file")
    del call.workspace.files[file.id]
    for channel_id, ts in file.shares:
        channel = call.workspace.channels[channel_id]
        message = channel.history.get(ts)
        if message is not None:
            rest = [each for each in message.get("files", ()) if each["id"] != file.id]
            update(call.sim, channel, message, {"files": rest})
    return {}


def _is_seen(call: Call, file: File) -> bool:
    """One's own, one in a conversation one can see, or one that was put into the app's form."""
    given = file.given_to_app and call.actor == call.bot
    shared = any(call.workspace.channels[each].visible_to(call.actor) for each in file.channels)
    return file.user == call.actor or given or shared


def _is_wanted(call: Call, file: File) -> bool:
    in_channel = not call.text("channel") or call.text("channel") in file.channels
    return _is_seen(call, file) and in_channel and call.text("user") in ("", file.user)


def _file_items(call: Call) -> list[tuple[str, str]]:
    items: Any = call.structure("files")
    if not isinstance(items, list) or not items:
        raise invalid_arguments("missing required field: files")
    if not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in items):
        raise invalid_arguments("must provide an object with an id [json-pointer:/files/0]")
    return [(each["id"], str(each.get("title") or "")) for each in items]


def _uploaded(call: Call, item: tuple[str, str]) -> tuple[Upload, str]:
    file_id, title = item
    upload = call.sim.files.uploaded(file_id)
    if upload is None:
        raise ApiError("file_not_found")
    return upload, title


def _make_file(call: Call, upload: Upload, title: str) -> File:
    file = File(
        id=upload.file_id,
        name=upload.name,
        title=title or upload.name,
        user=upload.user,
        created=int(time.time()),
        size=upload.length,
        mimetype=mimetypes.guess_type(upload.name)[0] or "application/octet-stream",
    )
    call.workspace.files[file.id] = file
    call.sim.files.forget(upload)
    return file


def _channel_ids(call: Call) -> list[str]:
    wanted = call.text("channel_id") or call.text("channels")
    return [each.strip() for each in wanted.split(",") if each.strip()]


def _share_in(call: Call, channel_id: str) -> Channel:
    user = call.workspace.users.get(channel_id)
    if user is not None:
        return direct_message_with(call.sim, call.bot, user.id)
    channel = dataclasses.replace(call, args={"channel": channel_id}).joined()
    if channel.is_archived:
        raise ApiError("posting_to_channel_denied")
    return channel


def _share(call: Call, channel: Channel, files: list[File]) -> None:
    blocks = None if call.text("initial_comment") else call.blocks()
    message = bot_message(call.sim, {"text": call.text("initial_comment"), "blocks": blocks})
    message |= {"upload": True, "display_as_bot": False}
    for file in files:
        file.channels.append(channel.id)
    message["files"] = [file_object(file, call.sim) for file in files]
    posted = post(call.sim, channel, message, thread_ts=parse_ts(call.text("thread_ts")))
    for file in files:
        file.shares.append((channel.id, posted["ts"]))
