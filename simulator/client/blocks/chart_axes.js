// Lines, bars and areas over categories.

import { cut, followed, number, shortNumber, svg, textWidth, ticks } from "./chart_parts.js";

const HEIGHT = 240;
const TOP = 10;
const TICK_SPACE = 8;
const LINE = 16; // of text
const WIDEST_BAR = 44;

export function axesChart(chart, plot, tip) {
  const frame = frameOf(chart, plot.clientWidth);
  const shapes = { bar: bars, line: lines, area: areas }[chart.type];
  const guide = svg("rect", {
    class: "chart-guide",
    y: TOP,
    height: frame.bottom - TOP,
    visibility: "hidden",
  });
  const picture = svg(
    "svg",
    { class: "chart-svg", width: frame.width, height: HEIGHT, "aria-hidden": "true" },
    grid(frame),
    guide,
    // bars stand on the line; lines cross over it
    chart.type === "bar" ? [shapes(frame), zero(frame)] : [zero(frame), shapes(frame)],
    names(frame),
    axisLabels(chart.axis_config, frame),
  );
  const show = followed(plot, tip, picture, frame.categories.map(placeOf(frame)), (at) => {
    guide.setAttribute("visibility", at < 0 ? "hidden" : "visible");
    if (at < 0) return;
    guide.setAttribute("x", frame.left + at * frame.step);
    guide.setAttribute("width", frame.step);
  });
  picture.addEventListener("pointermove", (event) => {
    const at = Math.floor((event.clientX - picture.getBoundingClientRect().left - frame.left) / frame.step);
    show(at >= 0 && at < frame.categories.length ? at : -1);
  });
  return picture;
}

function frameOf({ series, axis_config: { categories, x_label: xLabel, y_label: yLabel } }, width) {
  const rows = series.map((each) => ({
    name: each.name,
    values: categories.map((category) => each.data.find((point) => point.label === category)?.value ?? 0),
  }));
  const values = rows.flatMap((row) => row.values);
  const marks = ticks(Math.min(...values), Math.max(...values), 4);
  const widest = Math.max(...marks.map((mark) => textWidth(shortNumber(mark))));
  const left = widest + TICK_SPACE + (yLabel ? LINE + 4 : 0);
  const bottom = HEIGHT - LINE - 8 - (xLabel ? LINE + 2 : 0);
  const right = width - 4;
  const [low, high] = [marks[0], marks.at(-1)];
  const step = (right - left) / categories.length;
  return {
    width,
    left,
    right,
    bottom,
    step,
    marks,
    rows,
    categories,
    x: (index) => left + (index + 0.5) * step,
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - TOP),
  };
}

function placeOf(frame) {
  return (category, at) => ({
    x: frame.x(at),
    y: frame.y(Math.max(...frame.rows.map((row) => row.values[at]))),
    title: category,
    rows: frame.rows.map((row, index) => ({
      index,
      name: frame.rows.length > 1 ? row.name : "",
      value: number(row.values[at]),
    })),
  });
}

function grid({ marks, left, right, y }) {
  return marks.flatMap((mark) => [
    svg("line", { class: "chart-grid", x1: left, x2: right, y1: y(mark), y2: y(mark) }),
    svg("text", { class: "chart-tick is-y", x: left - TICK_SPACE, y: y(mark) + 4 }, shortNumber(mark)),
  ]);
}

function zero({ left, right, y }) {
  return svg("line", { class: "chart-zero", x1: left, x2: right, y1: y(0), y2: y(0) });
}

/** As many as have room; those between are read by pointing at them. */
function names({ categories, x, step, bottom }) {
  const widest = Math.min(90, Math.max(...categories.map(textWidth)) + 12);
  const every = Math.max(1, Math.ceil(widest / step));
  return categories.map((category, index) =>
    index % every
      ? null
      : svg(
          "text",
          { class: "chart-tick is-x", x: x(index), y: bottom + LINE + 2 },
          cut(category, every * step - 4),
        ),
  );
}

function axisLabels({ x_label: xLabel, y_label: yLabel }, { left, right, bottom }) {
  const middle = (TOP + bottom) / 2;
  return [
    xLabel &&
      svg("text", { class: "chart-axis", x: (left + right) / 2, y: HEIGHT - 4 }, cut(xLabel, right - left)),
    yLabel &&
      svg(
        "text",
        { class: "chart-axis", transform: `translate(12 ${middle}) rotate(-90)` },
        cut(yLabel, bottom - TOP),
      ),
  ];
}

function bars({ rows, step, x, y }) {
  const group = Math.min(step * 0.76, WIDEST_BAR * rows.length);
  const wide = group / rows.length;
  return rows.flatMap((row, index) =>
    row.values.map((value, at) => {
      const [top, height] = [Math.min(y(value), y(0)), Math.abs(y(value) - y(0))];
      const gap = rows.length > 1 ? Math.min(2, wide / 4) : 0;
      return svg("rect", {
        class: `chart-bar series-${index + 1}`,
        x: x(at) - group / 2 + index * wide + gap / 2,
        y: top,
        width: Math.max(1, wide - gap),
        height,
        rx: Math.min(3, wide / 4, height / 2),
      });
    }),
  );
}

function lines({ rows, x, y }) {
  return rows.flatMap((row, index) => [
    stroke(row, index, x, y),
    ...row.values.map((value, at) => point(value, at, index, x, y)),
  ]);
}

/** The first series lies at the back, as in Slack. */
function areas({ rows, x, y }) {
  return rows.flatMap((row, index) => {
    const points = row.values.map((value, at) => `${x(at)} ${y(value)}`);
    const last = row.values.length - 1;
    const d = `M${x(0)} ${y(0)}L${points.join("L")}L${x(last)} ${y(0)}Z`;
    const shapes = [svg("path", { class: `chart-area series-${index + 1}`, d }), stroke(row, index, x, y)];
    return last ? shapes : [...shapes, point(row.values[0], 0, index, x, y)]; // one point makes no area
  });
}

function point(value, at, index, x, y) {
  return svg("circle", { class: `chart-point series-${index + 1}`, cx: x(at), cy: y(value), r: 3.5 });
}

function stroke({ values }, index, x, y) {
  const d = `M${values.map((value, at) => `${x(at)} ${y(value)}`).join("L")}`;
  return svg("path", { class: `chart-line series-${index + 1}`, d });
}
