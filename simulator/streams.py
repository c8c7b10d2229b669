"""Messages that are written while one watches (https://docs.slack.dev/reference/methods/chat.startStream)."""

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from simulator.blocks import with_ids
from simulator.content import accept_blocks
from simulator.errors import ApiError
from simulator.state import Json

Display = Literal["timeline", "plan", "dense"]
DISPLAYS = get_args(Display)


@dataclass
class Stream:
    """What has come so far. Words, tasks and blocks stand in the order in which each first came."""

    display: str
    parts: list[Json] = field(default_factory=list)
    plan_title: str = ""

    @property
    def text(self) -> str:
        return "".join(each["text"] for each in self.parts if each["type"] == "markdown")

    def blocks(self) -> list[Json]:
        """As Slack keeps them: in a plan all tasks are one block, where the first of them came."""
        if self.display != "plan":
            return with_ids(self.parts)
        tasks = [each for each in self.parts if each["type"] == "task_card"]
        plan = {"type": "plan", "title": self.plan_title or "Plan", "tasks": tasks}
        shown: list[Json] = []
        for part in self.parts:
            if part["type"] != "task_card":
                shown.append(part)
            elif plan not in shown:
                shown.append(plan)
        return with_ids(shown)

    def take(self, chunks: Any) -> None:
        """Adds an app's chunks; raises `invalid_chunks` before anything is added."""
        if not isinstance(chunks, list) or not all(isinstance(each, dict) for each in chunks):
            raise ApiError("invalid_chunks")
        for chunk in chunks:
            _check(chunk)
        for chunk in chunks:
            self._add(chunk)

    def _add(self, chunk: Json) -> None:
        kind = chunk["type"]
        if kind == "markdown_text":
            self._write(chunk["text"])
        elif kind == "plan_update":
            self.plan_title = chunk["title"]
        elif kind == "task_update":
            self._put_task(chunk)
        else:
            self.parts += accept_blocks(chunk["blocks"])

    def _write(self, text: str) -> None:
        last = self.parts[-1] if self.parts else {}
        if last.get("type") == "markdown":
            last["text"] += text
        elif text:
            self.parts.append({"type": "markdown", "text": text})

    def _put_task(self, chunk: Json) -> None:
        """Details and output are added to what a task had; title and status take the place of the old."""
        task = next((each for each in self.parts if each.get("task_id") == chunk["id"]), None)
        if task is None:
            task = {"type": "task_card", "task_id": chunk["id"]}
            self.parts.append(task)
        task |= {"title": chunk["title"], "status": chunk.get("status", "pending")}
        for key in ("details", "output"):
            if chunk.get(key):
                task[key] = _rich_text(task.get(key), chunk[key])
        if chunk.get("sources"):
            task["sources"] = chunk["sources"]


def _check(chunk: Json) -> None:
    needed = {
        "markdown_text": ("text",),
        "plan_update": ("title",),
        "task_update": ("id", "title"),
        "blocks": (),
    }.get(str(chunk.get("type")))
    if needed is None or not all(isinstance(chunk.get(key), str) for key in needed):
        raise ApiError("invalid_chunks")
    if chunk["type"] == "blocks":
        accept_blocks(chunk.get("blocks"))
    if not all(isinstance(chunk.get(key, ""), str) for key in ("details", "output", "status")):
        raise ApiError("invalid_chunks")


def _rich_text(before: Json | None, text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [*(before["elements"] if before else ()), section]}
