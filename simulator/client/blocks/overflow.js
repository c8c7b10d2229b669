import { h } from "../dom.js";
import { icon } from "../icons.js";
import { openMenu } from "../menu.js";
import { dispatch } from "./dispatch.js";
import { textNodes, words } from "./text.js";

export function overflow(item, context) {
  const openIt = ({ currentTarget }) =>
    openMenu(
      currentTarget,
      item.options.map((option) => ({
        label: textNodes(option.text),
        hint: option.description && words(option.description),
        onchoose: () => choose(currentTarget, context, item, option),
      })),
      { label: "More", placement: "bottom-end" },
    );
  return h(
    "button.button.icon-only",
    { type: "button", aria: { label: "More actions", haspopup: "menu", expanded: false }, onclick: openIt },
    icon("more"),
  );
}

function choose(node, context, item, option) {
  if (/^https?:/i.test(option.url ?? "")) window.open(option.url, "_blank", "noopener,noreferrer");
  return dispatch(node, context, item, { selected_option: option });
}
