// The middle of the window: a channel's or a direct message's header, messages and composer.

import { api } from "./api.js";
import { AssistantBar, newChatButton } from "./assistant.js";
import { Composer } from "./composer.js";
import { h, replace } from "./dom.js";
import { conversationHeader } from "./conversation_header.js";
import { icon } from "./icons.js";
import { Meanwhile } from "./meanwhile.js";
import { MessageList } from "./message_list.js";
import { inline } from "./mrkdwn.js";
import { appAvatar, avatar } from "./people.js";
import { channel, conversationName, displayName, dm, emit, glyphOf, on, setUnread, store, titleOf, user } from "./store.js";
import { toastError } from "./toast.js";

const PAGE = 50;

export class Conversation {
  constructor(id, { header, readOnly } = {}) {
    this.id = id;
    this.readOnly = readOnly;
    this.scroller = h("div.scroller", { onscroll: () => this.#scrolled(), tabIndex: -1 });
    this.list = new MessageList({ channel: id, label: `Messages in ${this.name}` }, this.scroller);
    this.top = h("div.list-top");
    this.jump = h(
      "button.jump-button",
      { type: "button", hidden: true, onclick: () => this.#jumpDown() },
      icon("down", 16),
      "Latest messages",
    );
    this.foot = h("div.conversation-foot");
    this.assistant = new AssistantBar(id);
    replace(this.scroller, h("div.list-spacer"), this.top, this.list.element);
    this.element = h(
      "section.conversation",
      { aria: { label: this.name } },
      header ?? conversationHeader(id),
      h("div.scroller-frame", {}, this.scroller, this.jump),
      this.assistant.element,
      this.foot,
    );
    this.meanwhile = new Meanwhile((event) => this.#event(event));
    this.stops = [
      on("message", (event) => this.meanwhile.hear(event)),
      on("workspace", () => this.#showFoot()),
      on("resync", () => this.#reload()),
      on("reload", (id) => id === this.id && this.#reload()),
    ];
    this.#showFoot();
  }

  get name() {
    const known = channel(this.id);
    return known ? titleOf(known) : conversationName(this.id);
  }

  get #isWithApp() {
    return dm(this.id)?.user === store.app?.bot_user_id;
  }

  leave() {
    for (const stop of [...this.stops, this.assistant.stop]) stop();
    this.list.leave();
    this.left = true;
  }

  async load() {
    replace(this.top, skeleton());
    try {
      await this.#loadPage({}, () => {
        this.list.markNew((channel(this.id) ?? dm(this.id))?.unread ?? 0);
        this.list.toBottom();
      });
      if (this.left) return;
      this.#read();
      if (this.#isWithApp) await this.assistant.load();
    } catch (error) {
      replace(this.top, emptyState("warning", "This conversation can’t be shown", error.message));
    }
  }

  async #loadPage(params, then) {
    await this.meanwhile.fetched(
      () => api.messages(this.id, { limit: PAGE, ...params }),
      ({ messages, has_more: hasMore }) => {
        if (this.left) return;
        this.hasMore = hasMore;
        replace(
          this.top,
          hasMore ? h("div.loading-older", {}, "Loading older messages…") : beginning(this.id, this.name),
        );
        this.list.put(messages);
        then?.();
      },
    );
    if (!this.left) this.#fillTall();
  }

  // A tall window may have room for more than one page.
  #fillTall() {
    if (
      this.hasMore &&
      this.scroller.clientHeight > 0 &&
      this.scroller.scrollHeight <= this.scroller.clientHeight
    )
      this.#loadOlder();
  }

  async #loadOlder() {
    if (!this.hasMore || this.loading || !this.list.oldest) return;
    this.loading = true;
    try {
      await this.meanwhile.fetched(
        () => api.messages(this.id, { limit: PAGE, before: this.list.oldest }),
        ({ messages, has_more: hasMore }) => {
          if (this.left) return;
          this.hasMore = hasMore;
          this.list.keepingPlace(() => {
            if (!hasMore) replace(this.top, beginning(this.id, this.name));
            this.list.put(messages);
          });
        },
      );
    } catch (error) {
      toastError(error);
    } finally {
      this.loading = false;
    }
  }

  // After a break or a change in bulk: the newest page again, and nothing that may be stale around it.
  async #reload() {
    this.list.clear();
    await this.#loadPage({}, () => this.list.toBottom()).catch(toastError);
  }

  #scrolled() {
    this.list.remember();
    if (this.scroller.scrollTop < 300) this.#loadOlder();
    this.jump.hidden =
      this.list.isAtBottom() ||
      this.scroller.scrollHeight - this.scroller.scrollTop < this.scroller.clientHeight * 1.8;
    if (this.list.isAtBottom()) this.jump.classList.remove("has-new");
  }

  #jumpDown() {
    this.list.toBottom();
    this.jump.hidden = true;
  }

  #event({ kind, channel: where, message, ts }) {
    if (where !== this.id) return;
    if (kind === "removed") this.list.remove(ts);
    else if (kind === "changed") this.list.find(message.ts) && this.list.put([message]);
    else if (isTopLevel(message)) this.#added(message);
  }

  #added(message) {
    const wasAtBottom = this.list.isAtBottom();
    this.list.put([message]);
    if (message.user === store.me.id) this.list.toBottom();
    else if (!wasAtBottom) this.jump.classList.add("has-new");
    if (document.visibilityState === "visible") this.#read();
  }

  #read() {
    if (channel(this.id)?.is_member === false) return;
    setUnread(this.id, 0);
    api.markRead(this.id).catch(() => {}); // only a badge: not worth a notice
  }

  #showFoot() {
    const known = channel(this.id);
    const kind = this.readOnly
      ? "readonly"
      : known?.is_archived
        ? "archived"
        : known && !known.is_member
          ? "outside"
          : "composer";
    if (kind === this.footKind) return;
    this.footKind = kind;
    replace(this.foot, FEET[kind](this));
  }

  makeComposer() {
    const direct = dm(this.id);
    const label = `Message ${direct ? displayName(user(direct.user)) : this.name}`;
    this.composer = new Composer({ channel: this.id, label, onsent: (message) => this.#sent(message) });
    const isAssistant = this.#isWithApp && store.app.assistant;
    return isAssistant ? [newChatButton(), this.composer.element] : this.composer.element;
  }

  // What is said to an assistant begins a thread, which is where it goes on.
  #sent(message) {
    if (message && isTopLevel(message)) this.list.putSent(message);
    else if (message) emit("thread", { channel: this.id, ts: message.thread_ts });
    this.list.toBottom();
  }

  // A command is typed somewhere: in a conversation that the person is in.
  async join() {
    try {
      const from =
        [...store.channels.values()].find((each) => each.is_member && !each.is_archived) ?? store.dms[0];
      await api.command({ channel: from.id, text: `/join #${channel(this.id).name}` });
      await this.#reload();
    } catch (error) {
      toastError(error);
    }
  }
}

const isTopLevel = (message) =>
  !message.thread_ts ||
  message.thread_ts === message.ts ||
  message.subtype === "thread_broadcast" ||
  message.is_ephemeral;

const FEET = {
  composer: (conversation) => conversation.makeComposer(),
  archived: () =>
    h("div.foot-note", {}, icon("archive"), "This channel is archived. It can be read, not written to."),
  readonly: () =>
    h("div.foot-note", {}, icon("lock", 16), "Sending messages to this app has been turned off."),
  outside: (conversation) =>
    h(
      "div.foot-note",
      {},
      h("span", {}, "You’re looking at ", h("strong", {}, conversation.name)),
      h("button.button.is-primary", { type: "button", onclick: () => conversation.join() }, "Join channel"),
    ),
};

function beginning(id, name) {
  const direct = dm(id);
  const person = direct && user(direct.user);
  if (person)
    return h(
      "div.beginning",
      {},
      person.is_bot ? appAvatar("large") : avatar(person, "large"),
      h("h2", {}, name),
      h("p", {}, `This is the start of your conversation with ${name}.`),
    );
  const known = channel(id);
  return h(
    "div.beginning",
    {},
    h("span.beginning-mark", {}, icon(glyphOf(known), 26)),
    h("h2", {}, known?.name ?? name),
    h("p", {}, known?.purpose ? inline(known.purpose) : `This is the start of ${name}.`),
  );
}

export function emptyState(glyph, title, text) {
  return h("div.empty-state", {}, icon(glyph, 30), h("h2", {}, title), text && h("p", {}, text));
}

export function skeleton(rows = 6) {
  const row = (_, index) =>
    h(
      "div.skeleton-row",
      {},
      h("span.skeleton.is-avatar"),
      h(
        "span.skeleton-lines",
        {},
        h("span.skeleton", { class: "is-name" }),
        h("span.skeleton", { class: `is-line-${index % 3}` }),
      ),
    );
  return h("div.skeletons", { aria: { busy: true, label: "Loading" } }, Array.from({ length: rows }, row));
}
