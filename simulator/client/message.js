// One message: who, when, what, and what hangs below it. It changes in place.

import { api } from "./api.js";
import { attachmentCards } from "./attachments.js";
import { showBlocks } from "./blocks/index.js";
import { Surface } from "./blocks/surface.js";
import { h, replace } from "./dom.js";
import { emojiCharacter } from "./emoji.js";
import { fileCards } from "./files.js";
import { ago, fullTimeOf, plural, timeOf } from "./format.js";
import { icon } from "./icons.js";
import { tools } from "./message_tools.js";
import { appAvatar, avatar, showProfile, workspaceAvatar } from "./people.js";
import { displayName, emit, store, user } from "./store.js";
import { toastError } from "./toast.js";

const LONG = 3000;

export function authorOf(message) {
  const person = user(message.user);
  // An app may speak in a person’s name, with that person’s token.
  const isApp = person ? person.is_bot : Boolean(message.bot_id || message.bot_profile);
  const name =
    message.username ?? (isApp ? (message.bot_profile?.name ?? store.app?.name) : displayName(person));
  const key = message.username ?? (isApp ? message.bot_id : null) ?? message.user ?? name;
  return { person, isApp, name: name ?? displayName(person), key };
}

/** context: {channel, inThread, ondismiss(message)} */
export class Message {
  constructor(message, context) {
    this.context = context;
    this.surface = new Surface({ type: "message", channel: context.channel, ts: message.ts });
    this.parts = new Map();
    const part = (name, element) => this.parts.set(name, { element, print: null }) && element;
    this.element = h(
      "article.message",
      { dataset: { ts: message.ts, testid: "message" }, tabIndex: -1 },
      part("gutter", h("div.message-gutter")),
      h(
        "div.message-main",
        {},
        part("header", h("header.message-header")),
        part("notice", h("div.message-notice")),
        part("body", h("div.message-body.blocks")),
        part("attachments", h("div.attachments")),
        part("files", h("div.files")),
        part("reactions", h("div.reactions")),
        part("footer", h("div.message-footer")),
      ),
      part("tools", h("div.message-tools", { role: "toolbar", aria: { label: "Message actions" } })),
    );
    this.update(message);
  }

  get ts() {
    return this.message.ts;
  }

  update(message) {
    this.message = message; // the whole of it: what is not there any more is to go
    const { message: now } = this;
    const author = authorOf(now);
    this.element.classList.toggle("is-ephemeral", Boolean(now.is_ephemeral));
    this.element.classList.toggle(
      "is-system",
      Boolean(now.subtype?.endsWith("_join") || now.subtype?.endsWith("_leave")),
    );
    this.element.setAttribute("aria-label", `${author.name}, ${timeOf(now.ts)}`);
    this.#show("gutter", [author.key, now.icons], () => [
      gutterAvatar(author, now),
      h("time.gutter-time", { title: fullTimeOf(now.ts), aria: { hidden: true } }, timeOf(now.ts)),
    ]);
    this.#show("header", [author.name, author.isApp], () => header(author, now));
    this.#show("notice", Boolean(now.is_ephemeral), () => this.#notice());
    this.#showBody();
    const attached = now.attachments ?? [];
    this.#show("attachments", attached, () => attachmentCards(attached, this.surface.container));
    this.#show("files", now.files ?? [], () => fileCards(now.files ?? []));
    this.#show("reactions", now.reactions ?? [], () =>
      (now.reactions ?? []).map((each) => reaction(each, { channel: this.context.channel, ts: now.ts })),
    );
    this.#show("footer", [now.reply_count, now.latest_reply, now.reply_users], () => this.#footer());
    this.#show("tools", Boolean(now.is_ephemeral), () => tools(this));
  }

  // A part is made again only when what it shows has changed: no flicker, no lost focus.
  #show(name, data, make) {
    const part = this.parts.get(name);
    const print = JSON.stringify(data) ?? "";
    if (part.print === print) return;
    part.print = print;
    replace(part.element, make());
    part.element.hidden = !part.element.hasChildNodes();
  }

  #showBody() {
    const body = this.parts.get("body").element;
    const blocks = shownBlocks(this.message);
    showBlocks(body, blocks, this.surface);
    this.#showEdited(body);
    body.hidden = !blocks.length;
    this.#clamp(body);
  }

  #showEdited(body) {
    const wanted = Boolean(this.message.edited) && !authorOf(this.message).isApp;
    const mark = body.querySelector(".edited");
    const lastLine = [...body.querySelectorAll(".text")].at(-1) ?? body;
    if (wanted && !mark) lastLine.append(h("span.edited", {}, " (edited)"));
    else if (!wanted) mark?.remove();
  }

  #clamp(body) {
    const isLong = !this.message.blocks?.length && (this.message.text?.length ?? 0) > LONG;
    if (!isLong || this.expander) return;
    body.classList.add("is-clamped");
    this.expander = h(
      "button.link-button",
      { type: "button", aria: { expanded: false }, onclick: () => this.#expand(body) },
      "Show more",
    );
    body.after(this.expander);
  }

  #expand(body) {
    const clamped = body.classList.toggle("is-clamped");
    this.expander.textContent = clamped ? "Show more" : "Show less";
    this.expander.setAttribute("aria-expanded", String(!clamped));
  }

  #notice() {
    if (!this.message.is_ephemeral) return [];
    return [
      icon("eye", 14),
      h("span", {}, "Only visible to you"),
      h("span.dot", { aria: { hidden: true } }, "·"),
      h(
        "button.link-button",
        { type: "button", onclick: () => this.context.ondismiss(this.message) },
        "Dismiss",
      ),
    ];
  }

  #footer() {
    const { reply_count: count, latest_reply: latest, reply_users: users = [], ts } = this.message;
    if (!count || this.context.inThread) return [];
    return h(
      "button.thread-summary",
      {
        type: "button",
        dataset: { testid: "thread-summary" },
        onclick: () => emit("thread", { channel: this.context.channel, ts }),
      },
      h(
        "span.avatar-stack",
        {},
        users.slice(0, 4).map((id) => (user(id) ? avatar(user(id), "tiny") : appAvatar("tiny"))),
      ),
      h("span.thread-count", {}, plural(count, "reply", "replies")),
      latest && h("span.thread-latest", {}, `Last reply ${ago(latest)}`),
      icon("chevron", 15),
    );
  }

  /** Shown under the author's previous message, without the header. */
  setCompact(compact) {
    this.element.classList.toggle("is-compact", compact);
  }
}

function shownBlocks(message) {
  if (message.blocks?.length) return message.blocks;
  return message.text
    ? [{ type: "section", block_id: "text", text: { type: "mrkdwn", text: message.text } }]
    : [];
}

function gutterAvatar({ person, isApp }, { icons }) {
  const face = icons?.emoji && emojiCharacter(icons.emoji.replaceAll(":", ""));
  if (face) return h("span.avatar.is-medium.is-emoji", { aria: { hidden: true } }, face);
  if (!isApp && (!person || person.id === "USLACKBOT")) return workspaceAvatar();
  if (isApp) return appAvatar();
  return h(
    "button.avatar-button",
    {
      type: "button",
      tabIndex: -1,
      aria: { label: `Profile of ${displayName(person)}` },
      onclick: (event) => showProfile(event.currentTarget, person),
    },
    avatar(person),
  );
}

function header({ person, isApp, name }, message) {
  const label = h("span.message-author", {}, name);
  return [
    person && !isApp
      ? h(
          "button.author-button",
          { type: "button", onclick: (event) => showProfile(event.currentTarget, person) },
          label,
        )
      : label,
    isApp && h("span.badge.is-app", {}, "APP"),
    h(
      "time.message-time",
      { title: fullTimeOf(message.ts), datetime: new Date(message.ts * 1000).toISOString() },
      timeOf(message.ts),
    ),
  ];
}

// A press adds one's own, or takes it away again.
function reaction({ name, count, users = [] }, place) {
  const who = users.map((id) => displayName(user(id))).join(", ");
  const mine = users.includes(store.me.id);
  return h(
    "button.reaction",
    {
      type: "button",
      class: mine ? "is-mine" : "",
      onclick: () => api.react({ ...place, name, remove: mine }).catch(toastError),
      title: `${who} reacted with :${name}:`,
      aria: { label: `${name}: ${who || count}`, pressed: mine },
    },
    h("span.reaction-emoji", {}, emojiCharacter(name) ?? `:${name}:`),
    h("span.reaction-count", {}, String(count ?? users.length)),
  );
}
