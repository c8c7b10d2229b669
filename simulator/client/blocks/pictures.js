// Pictures, in blocks of their own and beside text.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { link } from "../mentions.js";

const LOCAL = /^(data:image\/|\/)/;

/** Pictures from elsewhere are not fetched: nothing here leaves this machine. Their alt text stands in. */
export function picture(item, kind) {
  const url = localUrl(item.image_url ?? item.slack_file?.url ?? "");
  if (LOCAL.test(url)) return h("img", { class: kind, src: url, alt: item.alt_text ?? "", loading: "lazy" });
  return h(
    "span.picture-placeholder",
    { class: kind, role: "img", aria: { label: item.alt_text }, title: item.alt_text },
    icon("image", kind === "context-image" ? 14 : 20),
    kind === "picture" && h("span", {}, item.alt_text),
    kind === "picture" && url && link(url, "Open original"),
  );
}

function localUrl(url) {
  return url.startsWith(`${location.origin}/`) ? url.slice(location.origin.length) : url;
}
