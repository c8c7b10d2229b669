// The data table: a caption, a head, and as many rows at a time as a page has.
// https://docs.slack.dev/reference/block-kit/blocks/data-table-block

import { h, replace } from "../dom.js";
import { tableBlock } from "./table.js";

const PAGE = 5;

export function dataTableBlock(block) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? PAGE;
  const place = h("div");
  const where = h("span.muted");
  const step = (label, by) =>
    h("button.button.small", { type: "button", onclick: () => show(first + by * size) }, label);
  const [previous, next] = [step("Previous", -1), step("Next", 1)];
  let first = 0;
  const show = (from) => {
    first = from;
    const table = tableBlock({ rows: [head, ...rows.slice(first, first + size)] });
    table.setAttribute("aria-label", block.caption);
    table.classList.add("block-table");
    replace(place, table);
    where.textContent = `${first + 1}–${Math.min(first + size, rows.length)} of ${rows.length}`;
    previous.disabled = first === 0;
    next.disabled = first + size >= rows.length;
  };
  show(0);
  const pages = rows.length > size && h("div.data-table-pages", {}, previous, where, next);
  return h("figure", {}, h("figcaption", {}, block.caption), place, pages);
}
