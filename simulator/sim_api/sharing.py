"""A person shares a file in a conversation, or puts one into a form."""

import base64
import binascii
import mimetypes
import time

from simulator.errors import SimError
from simulator.ids import new_id
from simulator.message_events import file_shared
from simulator.messages import person_message, post
from simulator.objects import file_object
from simulator.sim_api.acting import check_talks
from simulator.sim_api.request import SimRequest
from simulator.state import File, Json, User
from simulator.text import from_person

BIGGEST = 20_000_000


def post_upload(request: SimRequest) -> Json:
    """A file that is shared nowhere yet: what a form's `file_input` takes."""
    return {"file": file_object(_keep(request, request.user()), request.sim)}


def post_file(request: SimRequest) -> Json:
    user = request.user()
    channel = request.writable(user)
    check_talks(request, channel)
    file = _keep(request, user)
    file.channels.append(channel.id)
    text = from_person(request.text("text", ""), request.workspace, user.id)
    message = person_message(request.sim, user.id, text) | {"upload": False, "display_as_bot": False}
    message["files"] = [file_object(file, request.sim)]
    posted = post(request.sim, channel, message, thread_ts=request.ts("thread_ts"))
    file.shares.append((channel.id, posted["ts"]))
    file_shared(request.sim, channel, file.id, user.id, posted["ts"])
    return {"message": posted, "file": file_object(file, request.sim)}


def _keep(request: SimRequest, user: User) -> File:
    """`content` is base64, for the body is JSON."""
    name, content = request.text("name"), _bytes(request.text("content"))
    file = File(
        id=new_id("F"),
        name=name,
        title=name,
        user=user.id,
        created=int(time.time()),
        size=len(content),
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
    )
    request.sim.files.path(file.id).write_bytes(content)
    request.workspace.files[file.id] = file
    return file


def _bytes(encoded: str) -> bytes:
    try:
        content = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise SimError("invalid_content", "The content must be base64.") from None
    if not content or len(content) > BIGGEST:
        raise SimError("invalid_content", f"A file has between 1 and {BIGGEST:,} bytes here.")
    return content
