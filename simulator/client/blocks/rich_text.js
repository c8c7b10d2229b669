// rich_text: sections, lists, quotes and preformatted text as Slack's own composer makes them.

import { h } from "../dom.js";
import { emojiNode } from "../emoji.js";
import { slackDate } from "../format.js";
import { channelMention, groupMention, link, specialMention, userMention } from "../mentions.js";
import { withProgressBars } from "../progress.js";

export function richTextBlock(block) {
  return h("div.rich-text", { dir: "auto" }, richText(block.elements));
}

export function richText(elements = []) {
  return elements.map((part) => PARTS[part.type]?.(part) ?? null);
}

const PARTS = {
  rich_text_section: (part) => h("div.text", { dir: "auto" }, leaves(part.elements)),
  rich_text_quote: (part) => h("blockquote", { dir: "auto" }, leaves(part.elements)),
  rich_text_preformatted: (part) =>
    h("pre.code-block", { tabIndex: 0 }, h("code", {}, leaves(part.elements))),
  rich_text_list: (part) =>
    h(
      part.style === "ordered" ? "ol" : "ul",
      {
        start: part.style === "ordered" ? (part.offset ?? 0) + 1 : null,
        class: `indent-${Math.min(part.indent ?? 0, 8)}`,
      },
      part.elements.map((item) => h("li", {}, leaves(item.elements))),
    ),
};

const leaves = (elements = []) =>
  elements.flatMap((leaf) => styled(LEAVES[leaf.type]?.(leaf) ?? [], leaf.style));

const LEAVES = {
  text: (leaf) =>
    leaf.text.split("\n").flatMap((line, index) => [...(index ? [h("br")] : []), ...withProgressBars(line)]),
  link: (leaf) => [link(leaf.url, leaf.text ?? leaf.url)],
  user: (leaf) => [userMention(leaf.user_id)],
  channel: (leaf) => [channelMention(leaf.channel_id)],
  emoji: (leaf) => [emojiNode(leaf.name) ?? `:${leaf.name}:`],
  broadcast: (leaf) => [specialMention(leaf.range)],
  usergroup: (leaf) => [groupMention(leaf.usergroup_id)],
  date: (leaf) => [slackDate(leaf.timestamp, leaf.format, leaf.fallback ?? "")],
  color: (leaf) => [leaf.value],
};

const STYLES = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code.inline-code" };

function styled(nodes, style = {}) {
  return Object.keys(STYLES)
    .filter((name) => style[name])
    .reduce((inner, name) => [h(STYLES[name], {}, ...inner)], nodes);
}
