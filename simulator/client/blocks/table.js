// The table block: the first row is the head, cells are raw text, numbers or rich text.

import { h } from "../dom.js";
import { richText } from "./rich_text.js";
import { withEmoji } from "./text.js";

export function tableBlock(block) {
  const [head = [], ...rows] = block.rows;
  const settings = block.column_settings ?? [];
  return h(
    "div.table-scroll",
    { tabIndex: 0, role: "region", aria: { label: "Table" } },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((cell, column) => h("th", { scope: "col", class: look(settings[column]) }, content(cell))),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((cell, column) => h("td", { class: look(settings[column]) }, content(cell))),
          ),
        ),
      ),
    ),
  );
}

function look(setting) {
  return [`align-${setting?.align ?? "left"}`, setting?.is_wrapped ? "is-wrapped" : ""].join(" ");
}

function content(cell) {
  if (cell.type === "rich_text") return richText(cell.elements);
  return withEmoji(String(cell.text ?? cell.value ?? ""));
}
