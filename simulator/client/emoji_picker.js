import { h, replace } from "./dom.js";
import { emojiCharacter, findEmoji, FREQUENT } from "./emoji.js";
import { closePopover, openPopover } from "./popover.js";

export function openEmojiPicker(anchor, onpick) {
  const grid = h("div.emoji-grid", { role: "group", aria: { label: "Emoji" } });
  const show = (codes) => replace(grid, ...codes.map((code) => cell(code, onpick)));
  const search = h("input.select-search", {
    type: "text",
    placeholder: "Search emoji",
    autocomplete: "off",
    aria: { label: "Search emoji" },
    oninput: () => show(search.value.trim() ? findEmoji(search.value.trim(), 48) : FREQUENT),
    onkeydown: (event) => event.key === "Enter" && (event.preventDefault(), grid.firstChild?.click()),
  });
  show(FREQUENT);
  if (
    openPopover(anchor, h("div.emoji-panel", {}, search, grid), {
      placement: "top-start",
      className: "emoji-popover",
    })
  )
    search.focus();
}

function cell(code, onpick) {
  return h(
    "button.emoji-cell",
    {
      type: "button",
      title: `:${code}:`,
      aria: { label: code },
      onclick: () => {
        closePopover({ refocus: false });
        onpick(code);
      },
    },
    emojiCharacter(code),
  );
}
