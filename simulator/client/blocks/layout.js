// Blocks that hold text, pictures and elements.

import { h } from "../dom.js";
import { element } from "./elements.js";
import { picture } from "./pictures.js";
import { textNodes, words } from "./text.js";

export function sectionBlock(block, slot) {
  const label = block.text ? words(block.text).slice(0, 80) : "";
  return h(
    "div",
    { class: block.accessory?.type === "image" ? "has-image" : "" },
    h(
      "div.section-body",
      {},
      block.text && h("div.section-text", {}, textNodes(block.text)),
      block.fields &&
        h(
          "div.section-fields",
          {},
          block.fields.map((field) => h("div.section-field", {}, textNodes(field))),
        ),
    ),
    block.accessory && h("div.section-accessory", {}, accessory(block.accessory, slot, label)),
  );
}

function accessory(item, slot, label) {
  return item.type === "image"
    ? picture(item, "thumbnail")
    : element(item, { slot, label, dispatches: true });
}

export function contextBlock(block) {
  return h(
    "div",
    {},
    block.elements.map((item) =>
      item.type === "image" ? picture(item, "context-image") : h("span.context-text", {}, textNodes(item)),
    ),
  );
}

export function dividerBlock() {
  return h("hr");
}

export function headerBlock(block) {
  return h("h3", { dir: "auto" }, textNodes(block.text));
}

export function actionsBlock(block, slot) {
  return h(
    "div",
    {},
    block.elements.map((item) => element(item, { slot, dispatches: true })),
  );
}

export function imageBlock(block) {
  return h(
    "figure",
    {},
    block.title && h("figcaption", {}, textNodes(block.title)),
    picture(block, "picture"),
  );
}
