// The data_visualization block, drawn as SVG at the width there is.
// https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block

import { h, replace } from "../dom.js";
import { axesChart } from "./chart_axes.js";
import { pieChart } from "./chart_pie.js";
import { number } from "./chart_parts.js";

export function chartBlock({ title, chart }) {
  const plot = h("div.chart-plot", { role: "img", tabIndex: 0, aria: { label: named(title, chart) } });
  const tip = h("div.chart-tip", { hidden: true, aria: { hidden: true } });
  const draw = () => replace(plot, (chart.type === "pie" ? pieChart : axesChart)(chart, plot, tip), tip);
  let drawnAt = 0;
  new ResizeObserver(([{ contentRect }]) => {
    const width = Math.round(contentRect.width);
    if (!width || width === drawnAt) return;
    drawnAt = width;
    tip.hidden = true;
    draw();
  }).observe(plot);
  return h(
    "figure.chart",
    {},
    h("figcaption.chart-title", { dir: "auto" }, title),
    legend(chart),
    plot,
    numbers(title, chart),
  );
}

function named(title, chart) {
  return `${title}: ${chart.type} chart. Use the arrow keys to read its values.`;
}

function legend(chart) {
  const names = chart.type === "pie" ? [] : chart.series.map((series) => series.name);
  if (names.length < 2) return null;
  return h(
    "ul.chart-legend",
    {},
    names.map((name, index) => h("li", {}, swatch(index), h("span", { dir: "auto" }, name))),
  );
}

function swatch(index) {
  return h(`span.chart-swatch.series-${index + 1}`);
}

/** The same numbers for those who do not see the picture. */
function numbers(title, chart) {
  const [head, rows] = chart.type === "pie" ? pieNumbers(chart) : axesNumbers(chart);
  return h(
    "table.visually-hidden",
    {},
    h("caption", {}, title),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head.map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map(([name, ...values]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, name),
          values.map((value) => h("td", {}, number(value))),
        ),
      ),
    ),
  );
}

function pieNumbers({ segments }) {
  return [["Segment", "Value"], segments.map(({ label, value }) => [label, value])];
}

function axesNumbers({ series, axis_config: { categories, x_label: label } }) {
  const valueOf = (each, category) => each.data.find((point) => point.label === category)?.value ?? 0;
  return [
    [label ?? "Category", ...series.map((each) => each.name)],
    categories.map((category) => [category, ...series.map((each) => valueOf(each, category))]),
  ];
}
