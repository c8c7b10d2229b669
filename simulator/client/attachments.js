// Secondary attachments: a coloured bar with a title, text, fields, pictures or blocks of their own.
// https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments

import { actionsOf } from "./attachment_actions.js";
import { showBlocks } from "./blocks/index.js";
import { picture } from "./blocks/pictures.js";
import { Surface } from "./blocks/surface.js";
import { textNodes } from "./blocks/text.js";
import { h } from "./dom.js";
import { dayName } from "./format.js";
import { link } from "./mentions.js";

const NAMED = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

export function attachmentCards(attachments, container) {
  return attachments.map((each) => {
    const body = each.blocks?.length
      ? blocks(each.blocks, container)
      : [...partsOf(each), each.actions?.length && actions(each, container)].filter(Boolean);
    const above = each.pretext && h("div.attachment-pretext", {}, mrkdwn(each.pretext));
    const card = h("div.attachment", { style: { "--bar": colorOf(each.color) } }, body);
    return h("div", { dataset: { testid: "attachment" } }, [above, card].filter(Boolean));
  });
}

function blocks(shown, container) {
  const root = h("div.blocks");
  showBlocks(root, shown, new Surface(container));
  return root;
}

function actions(attachment, container) {
  return blocks([actionsOf(attachment)], { ...container, attachment_id: attachment.id });
}

function partsOf(attachment) {
  const { author_name: author, author_link: by, title, title_link: url, text } = attachment;
  const { fields = [], actions: buttons = [], image_url, footer, ts } = attachment;
  const isEmpty = !author && !title && !text && !fields.length && !buttons.length && !image_url && !footer;
  const fallback = isEmpty && attachment.fallback;
  return [
    author && h("div.attachment-author", {}, by ? link(by, author) : author),
    title && h("div.attachment-title", {}, url ? link(url, title) : title),
    (text || fallback) && h("div.attachment-text", {}, mrkdwn(text || fallback)),
    fields.length > 0 && h("div.attachment-fields", {}, fields.map(field)),
    image_url && picture({ image_url, alt_text: title || attachment.fallback || "Picture" }, "picture"),
    (footer || ts) && h("div.attachment-footer", {}, [footer, ts && dayName(ts)].filter(Boolean).join(" | ")),
  ].filter(Boolean);
}

function field({ title, value, short }) {
  return h(
    "div.attachment-field",
    { class: short ? "" : "is-wide" },
    title && h("strong", {}, title),
    value && h("div", {}, mrkdwn(String(value))),
  );
}

function mrkdwn(text) {
  return textNodes({ type: "mrkdwn", text });
}

function colorOf(color = "") {
  const plain = color.replace(/^#/, "");
  return NAMED[color] ?? (/^[0-9a-f]{3,8}$/i.test(plain) ? `#${plain}` : "var(--line)");
}
