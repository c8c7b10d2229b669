// Messages in order of time, by day, grouped by author; kept in step with events without redrawing.

import { arrange, h } from "./dom.js";
import { dayKey, dayName, plural } from "./format.js";
import { authorOf, Message } from "./message.js";

const GROUP_SECONDS = 5 * 60;
const NEAR_BOTTOM = 80;

export class MessageList {
  /** context: as Message's, plus `label`; `scroller` is the element that scrolls. */
  constructor(context, scroller) {
    this.context = { ...context, ondismiss: (message) => this.dismiss(message) };
    this.scroller = scroller;
    this.items = [];
    this.element = h("div.message-list", {
      role: "log",
      aria: { label: context.label, live: "polite", relevant: "additions text" },
    });
    this.dividers = new Map();
    this.newMark = null;
    this.atBottom = true;
    this.resizes = new ResizeObserver(() => this.atBottom && this.toBottom());
    this.resizes.observe(scroller);
    this.resizes.observe(this.element);
  }

  leave() {
    this.resizes.disconnect();
  }

  clear() {
    this.items = [];
    this.element.replaceChildren();
  }

  get oldest() {
    return this.items.find((item) => !item.message.is_ephemeral)?.ts;
  }

  find(ts) {
    return this.items.find((item) => item.ts === ts);
  }

  /** Adds or updates; an unknown older page goes in front. Keeps the reader at the bottom, or where they are. */
  put(messages) {
    const shown = messages.filter((message) => !dismissed.has(keyOf(this.context.channel, message)));
    for (const message of shown) this.#putOne(message);
    this.#arrange();
    if (this.atBottom) this.toBottom();
  }

  /** What the reader has sent, unless an event has brought it already: it may have been changed since. */
  putSent(message) {
    if (!this.find(message.ts)) this.put([message]);
  }

  #putOne(message) {
    const known = this.find(message.ts);
    if (known) {
      known.update(message);
      return;
    }
    const item = new Message(message, this.context);
    const after = this.items.findLastIndex((each) => Number(each.ts) < Number(message.ts));
    this.items.splice(after + 1, 0, item);
  }

  remove(ts) {
    const item = this.find(ts);
    if (!item) return;
    this.items = this.items.filter((each) => each !== item);
    item.element.remove();
    this.#arrange();
  }

  dismiss(message) {
    dismissed.add(keyOf(this.context.channel, message));
    this.remove(message.ts);
  }

  #arrange() {
    const nodes = [];
    let previous = null;
    for (const item of this.items) {
      if (!previous || dayKey(previous.ts) !== dayKey(item.ts)) nodes.push(this.#divider(item.ts));
      if (this.context.inThread && previous === this.items[0]) nodes.push(this.#repliesDivider());
      if (item.ts === this.newSince) nodes.push(this.#newDivider());
      item.setCompact(continues(previous, item) && item.ts !== this.newSince);
      nodes.push(item.element);
      previous = item;
    }
    arrange(this.element, nodes);
  }

  #divider(ts) {
    const key = dayKey(ts);
    if (!this.dividers.has(key))
      this.dividers.set(
        key,
        h("div.day-divider", { role: "separator", aria: { label: dayName(ts) } }, h("span", {}, dayName(ts))),
      );
    return this.dividers.get(key);
  }

  #repliesDivider() {
    this.repliesMark ??= h("div.replies-divider", {}, h("span"));
    this.repliesMark.firstChild.textContent = plural(this.items.length - 1, "reply", "replies");
    return this.repliesMark;
  }

  #newDivider() {
    this.newMark ??= h(
      "div.new-divider",
      { role: "separator", aria: { label: "New messages" } },
      h("span", {}, "New"),
    );
    return this.newMark;
  }

  /** A line above the first of the last `count` messages. */
  markNew(count) {
    const others = this.items.filter((item) => !item.message.is_ephemeral);
    this.newSince = count > 0 && count < others.length ? others.at(-count).ts : null;
    this.#arrange();
  }

  isAtBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
  }

  /** After scrolling: whether the reader follows the newest message. Whoever does keeps doing so when sizes change. */
  remember() {
    // A chart that is drawn anew scrolls too, and before the observer hears of its size: that is no reader's doing.
    if (this.atBottom && this.#size() !== this.sizeAtBottom) this.toBottom();
    else this.atBottom = this.isAtBottom();
  }

  toBottom() {
    this.atBottom = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.sizeAtBottom = this.#size();
  }

  #size() {
    return `${this.scroller.scrollHeight} in ${this.scroller.clientHeight}`;
  }

  /** Runs `change` (which adds older messages above) without moving what is being read. */
  keepingPlace(change) {
    const fromBottom = this.scroller.scrollHeight - this.scroller.scrollTop;
    change();
    this.scroller.scrollTop = this.scroller.scrollHeight - fromBottom;
  }
}

const dismissed = new Set();
const keyOf = (channel, message) => (message.is_ephemeral ? `${channel}:${message.ts}` : "");

function continues(previous, item) {
  if (!previous || [previous, item].some(({ message }) => message.is_ephemeral || message.blocks?.length))
    return false;
  const near = Number(item.ts) - Number(previous.ts) < GROUP_SECONDS;
  if (item.context.inThread && previous.ts === item.message.thread_ts) return false; // the first reply
  return (
    near &&
    dayKey(previous.ts) === dayKey(item.ts) &&
    authorOf(previous.message).key === authorOf(item.message).key &&
    !previous.message.subtype?.startsWith("channel_")
  );
}
