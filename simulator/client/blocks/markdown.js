// The markdown block: the standard Markdown that Slack accepts there, as DOM nodes.

import { h } from "../dom.js";
import { emojiNode } from "../emoji.js";
import { channelMention, link, userMention } from "../mentions.js";
import { withProgressBars } from "../progress.js";

export function markdownBlock(block) {
  return h("div.markdown", { dir: "auto" }, markdown(block.text));
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const SPECIAL = /^(\s*([-*+]|\d+[.)])\s|#{1,6}\s|>|```)/;

/** Each reader takes its lines off the front and returns a node, or null if they are not its own. */
export function markdown(text) {
  const lines = text.split("\n");
  const nodes = [];
  while (lines.length) {
    if (lines[0].trim()) nodes.push(readNext(lines));
    else lines.shift();
  }
  return nodes;
}

function readNext(lines) {
  for (const reader of [readFence, readHeading, readRule, readQuote, readTable, readList]) {
    const node = reader(lines);
    if (node) return node;
  }
  return readParagraph(lines);
}

function takeWhile(lines, accepts) {
  const taken = [];
  while (lines.length && accepts(lines[0])) taken.push(lines.shift());
  return taken;
}

function readFence(lines) {
  if (!lines[0].startsWith("```")) return null;
  lines.shift();
  const code = takeWhile(lines, (line) => !line.startsWith("```"));
  lines.shift();
  return h("pre.code-block", { tabIndex: 0 }, h("code", {}, code.join("\n")));
}

function readHeading(lines) {
  const match = lines[0].match(/^(#{1,6})\s+(.*?)\s*#*$/);
  if (!match) return null;
  lines.shift();
  return h(`h${Math.min(match[1].length + 2, 6)}`, {}, inline(match[2]));
}

function readRule(lines) {
  if (!RULE.test(lines[0])) return null;
  lines.shift();
  return h("hr");
}

function readQuote(lines) {
  if (!lines[0].startsWith(">")) return null;
  const quoted = takeWhile(lines, (line) => line.startsWith(">"));
  return h("blockquote", {}, markdown(quoted.map((line) => line.replace(/^>\s?/, "")).join("\n")));
}

const cellsOf = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());

function readTable(lines) {
  if (!lines[0].includes("|") || !/^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[1] ?? ""))
    return null;
  const head = cellsOf(lines.shift());
  lines.shift();
  const rows = takeWhile(lines, (line) => line.includes("|")).map(cellsOf);
  return h(
    "div.table-scroll",
    { tabIndex: 0, role: "region", aria: { label: "Table" } },
    h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((cell) => h("th", { scope: "col" }, inline(cell))),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((row) =>
          h(
            "tr",
            {},
            row.map((cell) => h("td", {}, inline(cell))),
          ),
        ),
      ),
    ),
  );
}

const isNumber = (mark) => /\d/.test(mark);

function readList(lines) {
  const first = lines[0].match(ITEM);
  if (!first) return null;
  const [, { length: depth }, mark] = first;
  const list = isNumber(mark) ? h("ol", { start: Number.parseInt(mark, 10) }) : h("ul");
  const belongs = (item) =>
    item && (item[1].length > depth || (item[1].length === depth && isNumber(item[2]) === isNumber(mark)));
  for (let item = first; belongs(item); item = lines[0]?.match(ITEM)) {
    if (item[1].length > depth && list.lastChild) list.lastChild.append(readList(lines));
    else list.append(readItem(lines, item));
  }
  return list;
}

function readItem(lines, [, , , task, text]) {
  lines.shift();
  const box =
    task === undefined ? null : h("input", { type: "checkbox", disabled: true, checked: task !== " " });
  return h("li", { class: box ? "task" : "" }, box, inline(text));
}

function readParagraph(lines) {
  const [first] = lines.splice(0, 1);
  const rest = takeWhile(lines, (line) => line.trim() && !SPECIAL.test(line));
  return h(
    "p",
    {},
    [first, ...rest].flatMap((line, index) => [index ? h("br") : null, ...inline(line)]),
  );
}

const TOKEN = new RegExp(
  [
    "`([^`\\n]+)`", // 1 code
    "!?\\[([^\\]\\n]+)\\]\\(([^)\\s]+)\\)", // 2 label, 3 url
    "(\\*\\*|__)(?=\\S)(.{1,1000}?)(?<=\\S)\\4", // 4, 5 bold
    "~~(?=\\S)(.{1,1000}?)(?<=\\S)~~", // 6 strike
    "(?<![\\p{L}\\p{N}*_])([*_])(?=\\S)(.{1,1000}?)(?<=\\S)\\7(?![\\p{L}\\p{N}])", // 7, 8 italic
    "<(@[UW][A-Z0-9]+|#[CG][A-Z0-9]+|https?:[^>\\s]+)(?:\\|[^>]*)?>", // 9 mention or link
    ":([a-z0-9_+'-]+):", // 10 emoji
    "(https?://[^\\s<>|`]+[^\\s<>|`.,;:!?)\\]'\"*_~])", // 11 bare link
    "\\\\([\\\\`*_{}\\[\\]()#+.!~>|-])", // 12 escaped character
  ].join("|"),
  "gu",
);

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const node = token(match);
    if (node === null) continue;
    if (match.index > end) nodes.push(...withProgressBars(text.slice(end, match.index)));
    nodes.push(node);
    end = match.index + match[0].length;
  }
  return end < text.length ? [...nodes, ...withProgressBars(text.slice(end))] : nodes;
}

function token([, code, label, url, , bold, strike, , italic, angled, emoji, bare, escaped]) {
  if (code !== undefined) return h("code.inline-code", {}, withProgressBars(code));
  if (label !== undefined) return link(url, label);
  if (bold !== undefined) return h("strong", {}, inline(bold));
  if (strike !== undefined) return h("s", {}, inline(strike));
  if (italic !== undefined) return h("em", {}, inline(italic));
  if (angled !== undefined) return mention(angled);
  if (emoji !== undefined) return emojiNode(emoji);
  return bare === undefined ? document.createTextNode(escaped) : link(bare, bare);
}

function mention(target) {
  if (target.startsWith("@")) return userMention(target.slice(1));
  return target.startsWith("#") ? channelMention(target.slice(1)) : link(target, target);
}
