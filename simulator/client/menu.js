// A menu button's menu: arrow keys move, Enter or a click chooses.

import { h } from "./dom.js";
import { closePopover, openPopover } from "./popover.js";

/** items: [{label, hint?, before?, checked?, danger?, onchoose}] */
export function openMenu(anchor, items, { label, placement = "bottom-start", className = "" } = {}) {
  const buttons = items.map((item) => menuItem(item));
  const menu = h(
    "div.menu",
    { role: "menu", aria: { label }, onkeydown: (event) => move(event, buttons) },
    buttons,
  );
  if (openPopover(anchor, menu, { placement, className }))
    (buttons.find((button) => button.ariaChecked === "true") ?? buttons[0])?.focus();
}

function menuItem(item) {
  const checkable = item.checked !== undefined;
  return h(
    "button.menu-item",
    {
      type: "button",
      role: checkable ? "menuitemradio" : "menuitem",
      class: item.danger ? "is-danger" : "",
      aria: { checked: checkable ? item.checked : null },
      onclick: () => {
        closePopover();
        item.onchoose();
      },
    },
    item.before,
    h(
      "span.menu-item-text",
      {},
      h("span.menu-item-label", {}, item.label),
      item.hint && h("span.menu-item-hint", {}, item.hint),
    ),
  );
}

function move(event, buttons) {
  const here = buttons.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1 + buttons.length, Home: 0, End: buttons.length - 1 }[
    event.key
  ];
  if (to === undefined) return;
  event.preventDefault();
  buttons[to % buttons.length].focus();
}
