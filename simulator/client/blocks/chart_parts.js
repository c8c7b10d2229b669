// What charts are drawn with: SVG elements, numbers, the tip that follows a pointer or the arrow keys.

import { append, h, replace } from "../dom.js";

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  return append(element, children);
}

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 4 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const number = (value) => WHOLE.format(value);
export const shortNumber = (value) => (Math.abs(value) >= 10_000 ? SHORT.format(value) : WHOLE.format(value));

/** Round numbers for an axis, from at or below `low` to at or above `high`; 0 is among them. */
export function ticks(low, high, about) {
  const [from, to] = [Math.min(0, low), Math.max(0, high)];
  const span = to - from || 1;
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => power * each >= rough);
  const first = Math.floor(from / step);
  const last = Math.ceil((to || (from < 0 ? 0 : step)) / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** About how wide a text of the axis is. */
export const textWidth = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 6.6), 0);

export function cut(text, width) {
  if (textWidth(text) <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join("")}…`) > width) letters.pop();
  return `${letters.join("")}…`;
}

/**
 * Shows what one place of the chart says. `places`: [{x, y, title, rows: [{index, name, value}]}]; `mark` highlights
 * one of them, or none (-1). `picture` is what they are places of.
 */
export function followed(plot, tip, picture, places, mark) {
  let at = -1;
  const show = (next) => {
    at = next;
    mark(at);
    tip.hidden = at < 0;
    if (at >= 0) placeTip(plot, tip, picture, places[at]);
  };
  plot.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show((at + step + places.length) % places.length);
  };
  plot.onblur = plot.onpointerleave = () => show(-1);
  return show;
}

function placeTip(plot, tip, picture, { x, y, title, rows }) {
  replace(
    tip,
    h("div.chart-tip-title", { dir: "auto" }, title),
    rows.map(({ index, name, value }) =>
      h(
        "div.chart-tip-row",
        {},
        h(`span.chart-swatch.series-${index + 1}`),
        name && h("span.chart-tip-name", { dir: "auto" }, name),
        h("span.chart-tip-value", {}, value),
      ),
    ),
  );
  const { width, height } = tip.getBoundingClientRect();
  const origin = picture.getBoundingClientRect();
  const across = origin.left - plot.getBoundingClientRect().left + x;
  // beside the place: on its right if there is room in the picture, else on its left
  const left = x + 14 + width > origin.width ? across - 14 - width : across + 14;
  tip.style.left = `${Math.max(0, Math.min(left, plot.clientWidth - width))}px`;
  tip.style.top = `${Math.max(0, y - height / 2)}px`;
}
