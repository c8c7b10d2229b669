// Blocks that show one thing with its picture and buttons, and blocks that hold other blocks.
// https://docs.slack.dev/reference/block-kit/blocks

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { link } from "../mentions.js";
import { element } from "./elements.js";
import { picture } from "./pictures.js";
import { richText } from "./rich_text.js";
import { textNodes } from "./text.js";

export function cardBlock(block, { surface }) {
  const { hero_image: hero, icon: mark, title, subtitle, body, actions = [] } = block;
  const slot = { surface, blockId: block.block_id };
  return h(
    "div",
    { class: "card", dataset: { blockId: block.block_id } },
    hero && h("div.card-hero", {}, picture(hero, "picture")),
    (title || subtitle || mark) && h("div.card-head", {}, mark && picture(mark, "card-icon"), titles(title, subtitle)),
    body && h("div.card-text", {}, textNodes(body)),
    actions.length > 0 &&
      h(
        "div.block-actions",
        {},
        actions.map((item) => element(item, { slot, dispatches: true })),
      ),
  );
}

function titles(title, subtitle) {
  return h(
    "div",
    {},
    title && h("div.card-title", {}, textNodes(title)),
    subtitle && h("div.card-subtitle", {}, textNodes(subtitle)),
  );
}

export function carouselBlock(block, slot) {
  return h(
    "div",
    { tabIndex: 0, role: "region", aria: { label: "Cards" } },
    block.elements.map((card) => cardBlock(card, slot)),
  );
}

/** `showInside(root, blocks)` shows the children, each as a block of its own. */
export function containerBlock(block, showInside) {
  const { rich_text_title: rich, title, subtitle, icon: mark } = block;
  const head = h(
    "span.card-head",
    {},
    mark && picture(mark, "card-icon"),
    rich ? h("div.card-title", {}, richText(rich.elements)) : titles(title, null),
    subtitle && h("div.card-subtitle", {}, textNodes(subtitle)),
  );
  const inside = h("div.blocks");
  showInside(inside, block.child_blocks);
  const width = { class: `is-${block.width ?? "standard"}${block.has_header_divider ? " has-divider" : ""}` };
  if (!block.is_collapsible) return h("div", width, head, inside);
  return h("details", { ...width, open: !block.default_collapsed }, h("summary", {}, head), inside);
}

/** Nothing is fetched from elsewhere: what the video is, and a link to it. */
export function videoBlock(block) {
  const { title, title_url: url, description, author_name: author, provider_name: provider } = block;
  const by = [provider, author].filter(Boolean).join(" · ");
  return h(
    "div.card",
    {},
    by && h("div.card-subtitle", {}, by),
    h("div.card-title", {}, url ? link(url, title.text) : textNodes(title)),
    description && h("div.card-text", {}, textNodes(description)),
    h(
      "a.video",
      { href: block.video_url, target: "_blank", rel: "noopener noreferrer", title: block.alt_text },
      icon("play", 24),
      h("span", {}, block.alt_text),
    ),
  );
}
