// Small floating panels: menus, listboxes, pickers. One is open at a time; Esc and a click elsewhere close it.

import { h } from "./dom.js";

let current = null;

export function closePopover({ refocus = true } = {}) {
  if (!current) return;
  const { panel, anchor, onclose, stop } = current;
  current = null;
  stop.abort();
  panel.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus) anchor.focus({ preventScroll: true });
  onclose?.();
}

/** After the page around an open panel, or the panel itself, has changed its size. */
export function settlePopover() {
  current?.settle();
}

/** Opens `content` beside `anchor`; a second call for the same anchor closes it. Returns the panel or null. */
export function openPopover(
  anchor,
  content,
  { placement = "bottom-start", className = "", matchWidth = false, onclose } = {},
) {
  const again = current?.anchor === anchor;
  closePopover({ refocus: again });
  if (again) return null;
  const panel = h("div.popover", { class: className, popover: "manual" }, content);
  // Inside an open modal dialog everything outside of it is inert, so the panel goes in there.
  (anchor.closest("dialog") ?? document.body).append(panel);
  panel.showPopover();
  const stop = new AbortController();
  const settle = () =>
    anchor.isConnected ? place(panel, anchor, placement, matchWidth) : closePopover({ refocus: false });
  current = { panel, anchor, onclose, stop, settle };
  anchor.setAttribute("aria-expanded", "true");
  settle();
  watch(panel, anchor, settle, stop.signal);
  return panel;
}

function watch(panel, anchor, settle, signal) {
  const options = { signal, capture: true };
  document.addEventListener(
    "pointerdown",
    ({ target }) => {
      if (!panel.contains(target) && !anchor.contains(target)) closePopover({ refocus: false });
    },
    options,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      closePopover();
    },
    options,
  );
  addEventListener("resize", settle, { signal });
  document.addEventListener("scroll", ({ target }) => !panel.contains(target) && settle(), options);
}

const GAP = 6;
const EDGE = 8;

function place(panel, anchor, placement, matchWidth) {
  const at = anchor.getBoundingClientRect();
  if (matchWidth) panel.style.minWidth = `${at.width}px`;
  const { offsetWidth: width, offsetHeight: height } = panel;
  const [side, align] = placement.split("-");
  const below = at.bottom + GAP + height <= innerHeight - EDGE;
  const above = at.top - GAP - height >= EDGE;
  const top = (side === "top" ? above || !below : !below && above) ? at.top - GAP - height : at.bottom + GAP;
  const left = align === "end" ? at.right - width : at.left;
  panel.style.left = `${clamp(left, EDGE, innerWidth - width - EDGE)}px`;
  panel.style.top = `${clamp(top, EDGE, innerHeight - height - EDGE)}px`;
}

const clamp = (value, low, high) => Math.max(low, Math.min(value, Math.max(low, high)));
