// Slack's mrkdwn as DOM nodes. https://docs.slack.dev/messaging/formatting-message-text

import { h } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { slackDate } from "./format.js";
import { channelMention, link, specialMention, userMention } from "./mentions.js";
import { withProgressBars } from "./progress.js";

function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** Block level: code blocks, quotes, lines. `verbatim` leaves bare links and names alone. */
export function mrkdwn(text, options = {}) {
  const nodes = [];
  String(text ?? "")
    .split(/```/)
    .forEach((part, index, parts) => {
      const isCode = index % 2 === 1 && index < parts.length - 1;
      if (isCode) nodes.push(codeBlock(part));
      else if (index % 2 === 1) nodes.push(...lines(`\`\`\`${part}`, options));
      else nodes.push(...lines(trimAroundCode(part, index, parts.length), options));
    });
  return nodes;
}

function trimAroundCode(part, index, count) {
  const start = index > 0 ? part.replace(/^\n/, "") : part;
  return index < count - 1 ? start.replace(/\n$/, "") : start;
}

function codeBlock(text) {
  return h("pre.code-block", { tabIndex: 0 }, h("code", {}, ...codeText(text.replace(/^\n|\n$/g, ""))));
}

// Links and mentions stay live in code, everything else is literal.
function codeText(text) {
  return text
    .split(/(<[^<>\n]+>)/)
    .map((piece) => (/^<[^<>\n]+>$/.test(piece) ? angle(piece.slice(1, -1)) : unescape(piece)));
}

function lines(text, options) {
  if (!text) return [];
  const groups = [];
  for (const line of text.split("\n")) {
    const quote = line.match(/^(?:&gt;|>)\s?(.*)$/);
    const kind = quote ? "quote" : "text";
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(quote ? quote[1] : line);
    else groups.push({ kind, lines: [quote ? quote[1] : line] });
  }
  return groups.map((group) =>
    group.kind === "quote"
      ? h("blockquote", { dir: "auto" }, ...paragraph(group.lines, options))
      : h("div.text", { dir: "auto" }, ...paragraph(group.lines, options)),
  );
}

function paragraph(textLines, options) {
  return textLines.flatMap((line, index) => [...(index ? [h("br")] : []), ...inline(line, options)]);
}

const STYLES = { "*": "strong", _: "em", "~": "s" };
// The inner text of a mark is bounded: without, one line of 40,000 characters takes seconds.
const TOKEN = new RegExp(
  [
    "`([^`\\n]+)`", // 1 code
    "<([^<>\\n]+)>", // 2 link, mention, date
    "(?<![\\p{L}\\p{N}*_~])([*_~])(?=\\S)(.{1,1000}?)(?<=\\S)\\3(?![\\p{L}\\p{N}*~])", // 3 mark, 4 inner
    ":([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):", // 5 emoji
    "(https?://[^\\s<>|`]+[^\\s<>|`.,;:!?)\\]'\"*_~])", // 6 bare link
    "(?<![\\w/&])@(here|channel|everyone)\\b", // 7
  ].join("|"),
  "gu",
);

/** One line: bold, italic, strike, code, links, mentions, emoji, progress bars. */
export function inline(text, options = {}) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const node = token(match, options);
    if (node === null) continue;
    if (match.index > end) nodes.push(...plain(text.slice(end, match.index)));
    nodes.push(node);
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(...plain(text.slice(end)));
  return nodes;
}

const plain = (text) => withProgressBars(unescape(text));

function token([, code, angled, mark, inner, emoji, url, special], options) {
  if (code !== undefined) return inlineCode(code);
  if (angled !== undefined) return angle(angled);
  if (mark !== undefined) return h(STYLES[mark], {}, ...inline(inner, options));
  if (emoji !== undefined) return emojiNode(emoji);
  if (url !== undefined) return options.verbatim ? null : link(unescape(url), unescape(url));
  return options.verbatim || special === undefined ? null : specialMention(special);
}

function inlineCode(code) {
  const nodes = codeText(code).flatMap((piece) =>
    typeof piece === "string" ? withProgressBars(piece) : [piece],
  );
  const hasBar = nodes.some((node) => node.classList?.contains("progress"));
  return h(hasBar ? "span.progress-line" : "code.inline-code", {}, ...nodes);
}

function angle(content) {
  const bar = content.indexOf("|");
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? "" : unescape(content.slice(bar + 1));
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) return dateNode(target, label);
  if (target.startsWith("!")) return specialMention(target.slice(1), label);
  return link(unescape(target), label || unescape(target).replace(/^mailto:/, ""));
}

function dateNode(target, fallback) {
  const [, seconds, format = "", url] = target.split("^");
  const text = slackDate(seconds, format, fallback);
  return url ? link(url, text) : h("time", { title: fallback }, text);
}
