// What an agent does while it thinks: tasks, alone or in a plan.
// https://docs.slack.dev/reference/block-kit/blocks/task-card-block

import { h } from "../dom.js";
import { link } from "../mentions.js";
import { richTextBlock } from "./rich_text.js";

const MARKS = { pending: "○", in_progress: "◐", complete: "✓", error: "✕" };

export function taskCardBlock(block) {
  const { title, status = "pending", details, output, sources = [] } = block;
  const parts = [details, output].filter(Boolean).map((each) => richTextBlock(each));
  return h(
    "div",
    { dataset: { status } },
    h("span.task-mark", { role: "img", aria: { label: status.replace("_", " ") } }, MARKS[status] ?? "○"),
    h(
      "div.task-body",
      {},
      h("div.task-title", {}, title),
      parts.map((part) => h("div.task-part", {}, part)),
      sources.map(({ url, text }) => h("div.task-part", {}, link(url, text))),
    ),
  );
}

export function planBlock(block) {
  const card = (task) => {
    const node = taskCardBlock(task);
    node.classList.add("block-task-card");
    return node;
  };
  return h("div", {}, h("div.plan-title", {}, block.title), (block.tasks ?? []).map(card));
}
