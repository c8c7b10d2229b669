// Text objects: {type: "mrkdwn" | "plain_text", text, emoji, verbatim}.

import { h } from "../dom.js";
import { emojiNode } from "../emoji.js";
import { mrkdwn } from "../mrkdwn.js";
import { withProgressBars } from "../progress.js";

export function textNodes(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, { verbatim: object.verbatim });
  return plainNodes(object.text, object.emoji !== false);
}

function plainNodes(text, emoji) {
  return text
    .split("\n")
    .flatMap((line, index) => [
      ...(index ? [h("br")] : []),
      ...(emoji ? withEmoji(line) : withProgressBars(line)),
    ]);
}

export function withEmoji(text) {
  return text.split(/(:[a-z0-9_+'-]+:)/).flatMap((piece, index) => {
    const node = index % 2 ? emojiNode(piece.slice(1, -1)) : null;
    return node ? [node] : withProgressBars(piece);
  });
}

/** The words alone, for accessible names. */
export function words(object) {
  return h("span", {}, ...textNodes(object)).textContent.trim();
}
