// Brief notices at the edge of the window, read out by screen readers.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const LIFETIME = 6000;

export function toast(text, level = "info") {
  const note = h(
    "div.toast",
    { class: `is-${level}`, dataset: { testid: "toast" } },
    icon(level === "error" ? "warning" : "info"),
    h("span.toast-text", {}, text),
    h(
      "button.icon-button.small",
      { type: "button", aria: { label: "Dismiss" }, onclick: () => leave(note) },
      icon("close", 16),
    ),
  );
  const region = document.getElementById("toasts");
  region.append(note);
  toFront(region);
  while (region.children.length > 4) region.firstChild.remove();
  setTimeout(() => leave(note), LIFETIME);
}

// A modal dialog lies in the browser's top layer; only what joins it later is drawn above.
function toFront(region) {
  region.popover = "manual";
  if (region.matches(":popover-open")) region.hidePopover();
  region.showPopover();
}

function leave(note) {
  note.classList.add("is-leaving");
  setTimeout(() => note.remove(), 180);
}

export const toastError = (error) => toast(error.message, "error");
