// Line icons on a 24 px grid, drawn for this client.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  hash: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Z",
  archive: "M4 5h16v4H4zM5.5 9v10h13V9M10 13h4",
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
  send: "M5 12h13M12.5 6l6 6-6 6",
  bolt: "M13 3 5.5 13.5H12L11 21l7.5-10.5H12Z",
  close: "M6 6l12 12M18 6 6 18",
  back: "M19 12H5M11 6l-6 6 6 6",
  chevron: "M7 10l5 5 5-5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16.2 16.2 20.5 20.5",
  warning: "M12 4 2.8 19.5h18.4ZM12 10v4.5M12 17v.4",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 11v5.5M12 7.6v.4",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z",
  reply: "M20 18.5v-4a4 4 0 0 0-4-4H4.5M9.5 5.5l-5 5 5 5",
  thread: "M4 5.5h16v10.5h-9l-4.5 4v-4H4ZM8 9.2h8M8 12.4h5",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  file: "M6 3.5h8l4.5 4.5v12.5H6ZM13.5 3.5V8.5h5",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.3 14.2a4.4 4.4 0 0 0 7.4 0M9 9.6v.4M15 9.6v.4",
  paperclip: "M19 11.5l-7.4 7.4a4.6 4.6 0 0 1-6.5-6.5l7.8-7.8a3 3 0 0 1 4.3 4.3l-7.7 7.7a1.5 1.5 0 0 1-2.1-2.1l6.9-6.9",
  at: "M15.5 12a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0Zm0 0v1.4a2.3 2.3 0 0 0 4.6 0V12a8.1 8.1 0 1 0-3.2 6.5",
  link: "M10 14a4.2 4.2 0 0 0 6 0l3-3a4.2 4.2 0 1 0-6-6l-1 1M14 10a4.2 4.2 0 0 0-6 0l-3 3a4.2 4.2 0 1 0 6 6l1-1",
  calendar: "M4.5 6h15v13.5h-15zM4.5 10.5h15M8.5 3.5V7M15.5 3.5V7",
  sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M19.8 14.4A8.2 8.2 0 0 1 9.6 4.2a8.2 8.2 0 1 0 10.2 10.2Z",
  contrast: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 3v18M12 6.5h5.8M12 10h8M12 13.5h8M12 17h5.8",
  users:
    "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.5-3.6 3-5.5 6.5-5.5s6 1.9 6.5 5.5M15.5 4.8a3.5 3.5 0 0 1 0 6.4M17.5 14.3c2.3.7 3.7 2.4 4 5.2",
  plus: "M12 5v14M5 12h14",
  swap: "M4 8.5h14M14.5 5 18 8.5 14.5 12M20 15.5H6M9.5 12 6 15.5 9.5 19",
  down: "M12 5v14M6 13l6 6 6-6",
  play: "M8 5.5v13l10.5-6.5Z",
  flag: "M6 21V4M6 4.5l13 3.8L6 13",
  message: "M4 5.5h16v11h-8.5l-4.5 4v-4H4Z",
  image: "M4 5h16v14H4zM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 9.5v.01",
};

/** A decorative icon; the control around it carries the name. */
export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 24 24",
    width: size,
    height: size,
    fill: "none",
    stroke: "currentColor",
    "stroke-width": name === "more" ? 3 : 1.8,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "aria-hidden": "true",
    class: `icon icon-${name}`,
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.info);
  svg.append(path);
  return svg;
}
