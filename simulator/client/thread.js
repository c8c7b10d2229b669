// The thread pane: a message, its replies, and a composer.

import { api } from "./api.js";
import { AssistantBar } from "./assistant.js";
import { Composer } from "./composer.js";
import { h, replace } from "./dom.js";
import { emptyState, skeleton } from "./conversation.js";
import { icon } from "./icons.js";
import { Meanwhile } from "./meanwhile.js";
import { MessageList } from "./message_list.js";
import { showPane } from "./navigation.js";
import { channel, conversationName, on, titleOf } from "./store.js";

export class ThreadPane {
  constructor({ channel: id, ts, compose, onclose }) {
    this.id = id;
    this.ts = ts;
    this.compose = compose;
    this.scroller = h("div.scroller", { onscroll: () => this.list.remember() });
    this.list = new MessageList({ channel: id, inThread: true, label: "Thread" }, this.scroller);
    this.composer = new Composer({
      channel: id,
      threadTs: ts,
      label: "Reply in thread",
      placeholder: "Reply…",
      onsent: (message) => this.#sent(message),
    });
    this.assistant = new AssistantBar(id, ts);
    replace(this.scroller, skeleton(2));
    const known = channel(id);
    this.element = h(
      "aside.thread-pane",
      { role: "complementary", aria: { label: "Thread" }, dataset: { testid: "thread" } },
      h(
        "header.pane-header",
        {},
        h(
          "div.pane-title",
          {},
          h("h1", {}, "Thread"),
          h("p.pane-topic", {}, known ? titleOf(known) : conversationName(id)),
        ),
        h(
          "button.icon-button",
          { type: "button", aria: { label: "Close thread" }, onclick: onclose },
          icon("close"),
        ),
      ),
      h("div.scroller-frame", {}, this.scroller),
      h(
        "div.conversation-foot",
        {},
        this.assistant.element,
        known?.is_archived || (known && !known.is_member) ? null : this.composer.element,
      ),
    );
    this.element.addEventListener(
      "keydown",
      (event) => event.key === "Escape" && !event.defaultPrevented && onclose(),
    );
    this.meanwhile = new Meanwhile((event) => this.#event(event));
    this.stops = [on("message", (event) => this.meanwhile.hear(event)), on("resync", () => this.load())];
  }

  async load() {
    showPane("thread");
    try {
      await this.meanwhile.fetched(
        () => api.replies(this.id, this.ts),
        ({ messages }) => {
          replace(this.scroller, this.list.element);
          this.list.put(messages);
          this.list.toBottom();
        },
      );
      await this.assistant.load();
      if (this.compose) this.composer.focus();
    } catch (error) {
      replace(this.scroller, emptyState("warning", "This thread can’t be shown", error.message));
    }
  }

  leave() {
    for (const stop of [...this.stops, this.assistant.stop]) stop();
    this.list.leave();
    this.element.remove();
  }

  #event({ kind, channel: where, message, ts }) {
    if (where !== this.id) return;
    if (kind === "removed") this.list.remove(ts);
    else if (kind === "changed") this.list.find(message.ts) && this.list.put([message]);
    else if (message.thread_ts === this.ts) this.list.put([message]);
  }

  #sent(message) {
    if (message) this.list.putSent(message);
    this.list.toBottom();
  }
}
