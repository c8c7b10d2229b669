// Apps draw progress bars with block characters. Here they become real ones, with the text kept for copying.

import { h } from "./dom.js";

const EMPTY = "░□▱⬜▁";
const FILLED = "█▓■▰⬛▉▊▋▌▍▎▏";
const EITHER = "▒"; // filled beside ░, empty beside █ or ▓
const PARTIAL = { "▉": 7 / 8, "▊": 6 / 8, "▋": 5 / 8, "▌": 4 / 8, "▍": 3 / 8, "▎": 2 / 8, "▏": 1 / 8 };
const RUN = new RegExp(`[${EMPTY}${FILLED}${EITHER}]{8,}`, "gu");

function percentOf(run) {
  const characters = [...run];
  const shadeCounts = !characters.some((character) => character === "█" || character === "▓");
  const filled = characters.reduce((sum, character) => {
    if (character === EITHER) return sum + (shadeCounts ? 1 : 0);
    return EMPTY.includes(character) ? sum : sum + (PARTIAL[character] ?? 1);
  }, 0);
  return Math.round((filled / characters.length) * 100);
}

/** Text as nodes: runs of eight or more block characters are progress bars, the rest stays as it is. */
export function withProgressBars(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(RUN)) {
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push(progressBar(match[0]));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

function progressBar(run) {
  const percent = percentOf(run);
  return h(
    "span.progress",
    {
      role: "progressbar",
      aria: { label: "Progress", valuemin: 0, valuemax: 100, valuenow: percent },
      class: percent === 100 ? "is-full" : "",
    },
    h("span.progress-fill", { style: { width: `${percent}%` } }),
    h("span.visually-hidden", {}, run),
  );
}

/** When `fresh` replaces `old`, its bars start where the old ones stood and glide to their own value. */
export function continueProgress(old, fresh) {
  const before = [...old.querySelectorAll(".progress-fill")];
  const after = [...fresh.querySelectorAll(".progress-fill")];
  if (before.length !== after.length) return;
  after.forEach((fill, index) => glide(fill, before[index].style.width));
}

function glide(fill, from) {
  const to = fill.style.width;
  if (from === to) return;
  fill.style.width = from;
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      fill.style.width = to;
    }),
  );
}
