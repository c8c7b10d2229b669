// Secondary attachments: a coloured bar with a title, text, fields, pictures or blocks of their own.
// https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments

import { actionsOf } from "./attachment_actions.js";
import { showBlocks } from "./blocks/index.js";
import { Surface } from "./blocks/surface.js";
import { textNodes } from "./blocks/text.js";
import { h } from "./dom.js";
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
  const { author_name: author, title, title_link: url, text, fields = [], image_url, footer } = attachment;
  const fallback = !author && !title && !text && !fields.length && !image_url && !footer && attachment.fallback;
  return [
    author && h("div.attachment-author", {}, author),
    title && h("div.attachment-title", {}, url ? link(url, title) : title),
    (text || fallback) && h("div.attachment-text", {}, mrkdwn(text || fallback)),
    fields.length > 0 && h("div.attachment-fields", {}, fields.map(field)),
    image_url && h("div.attachment-text", {}, link(image_url, attachment.fallback || "Picture")),
    footer && h("div.attachment-footer", {}, footer),
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
