// A pie, with what each slice is beside it.

import { h } from "../dom.js";
import { followed, number, svg } from "./chart_parts.js";

const SIZE = 200;
const RADIUS = 92;

export function pieChart({ segments }, plot, tip) {
  const total = segments.reduce((sum, each) => sum + each.value, 0);
  let turned = 0;
  const slices = segments.map(({ label, value }, index) => {
    const [from, to] = [turned, turned + value / total];
    turned = to;
    return { label, value, index, from, to, share: percent(value / total) };
  });
  const paths = slices.map((each) =>
    svg("path", { class: `chart-slice series-${each.index + 1}`, d: sliceOf(each) }),
  );
  const rows = slices.map(({ label, share, index }) =>
    h(
      "li",
      {},
      h(`span.chart-swatch.series-${index + 1}`),
      h("span.chart-slice-name", { dir: "auto" }, label),
      h("span.chart-slice-share", {}, share),
    ),
  );
  const picture = svg(
    "svg",
    { class: "chart-svg", width: SIZE, height: SIZE, "aria-hidden": "true" },
    paths,
  );
  const show = followed(plot, tip, picture, slices.map(placeOf), (at) =>
    [paths, rows].forEach((marks) =>
      marks.forEach((mark, index) => mark.classList.toggle("is-faded", at >= 0 && index !== at)),
    ),
  );
  [paths, rows].forEach((marks) =>
    marks.forEach((mark, index) => mark.addEventListener("pointerenter", () => show(index))),
  );
  return h(
    "div.chart-pie",
    {},
    picture,
    h("ul.chart-slices", { aria: { hidden: true } }, rows),
  );
}

function percent(share) {
  return share > 0 && share < 0.01 ? "< 1%" : `${Math.round(share * 100)}%`;
}

function placeOf({ label, value, share, index, from, to }) {
  const [x, y] = pointAt((from + to) / 2, RADIUS / 2);
  return { x, y, title: label, rows: [{ index, name: "", value: `${number(value)} · ${share}` }] };
}

function pointAt(turn, radius) {
  const angle = 2 * Math.PI * turn - Math.PI / 2;
  return [SIZE / 2 + radius * Math.cos(angle), SIZE / 2 + radius * Math.sin(angle)];
}

function sliceOf({ from, to }) {
  const middle = `${SIZE / 2} ${SIZE / 2}`;
  if (to - from > 0.9999) {
    // an arc that ends where it begins is none
    const [top, bottom] = [pointAt(0, RADIUS), pointAt(0.5, RADIUS)];
    const arc = (end) => `A${RADIUS} ${RADIUS} 0 0 1 ${end.join(" ")}`;
    return `M${top.join(" ")}${arc(bottom)}${arc(top)}Z`;
  }
  const [start, end] = [pointAt(from, RADIUS), pointAt(to, RADIUS)];
  const large = to - from > 0.5 ? 1 : 0;
  return `M${middle}L${start.join(" ")}A${RADIUS} ${RADIUS} 0 ${large} 1 ${end.join(" ")}Z`;
}
