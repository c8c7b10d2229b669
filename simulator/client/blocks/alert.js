// The alert block of modals: https://docs.slack.dev/reference/block-kit/blocks/alert-block

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { textNodes } from "./text.js";

const ICONS = { default: "info", info: "info", warning: "warning", error: "warning", success: "check" };

export function alertBlock(block) {
  const level = block.level ?? "default";
  return h(
    `div.alert.is-${level}`,
    { role: level === "error" || level === "warning" ? "alert" : "note" },
    icon(ICONS[level] ?? "info", 18),
    h("div.alert-text", {}, textNodes(block.text)),
  );
}
