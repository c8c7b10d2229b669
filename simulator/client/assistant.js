// What an assistant shows beside its messages: what it is doing, and what one might ask it.

import { api } from "./api.js";
import { h, replace } from "./dom.js";
import { Meanwhile } from "./meanwhile.js";
import { emit, on, store } from "./store.js";
import { toastError } from "./toast.js";

/** Stands above a composer; `ts` is the thread, empty for the whole conversation. */
export class AssistantBar {
  constructor(channel, ts = "") {
    this.channel = channel;
    this.ts = ts;
    this.element = h("div.assistant", { hidden: true, dataset: { testid: "assistant" } });
    this.meanwhile = new Meanwhile((event) => this.#show(event));
    this.stop = on("assistant", (event) => {
      if (event.channel === channel && event.thread_ts === ts) this.meanwhile.hear(event);
    });
  }

  async load() {
    await this.meanwhile.fetched(
      () => api.assistant(this.channel, this.ts),
      (shown) => this.#show(shown),
    );
  }

  #show({ status, prompts: { title, prompts } }) {
    replace(this.element, [
      prompts.length > 0 && h("p.assistant-title", {}, title || "Try these prompts:"),
      prompts.length > 0 && h("div.assistant-prompts", {}, prompts.map((each) => this.#prompt(each))),
      status ? h("p.assistant-status", { role: "status" }, `${store.app.name} ${status}`) : null,
    ]);
    this.element.hidden = !this.element.hasChildNodes();
  }

  #prompt({ title, message }) {
    const ask = () =>
      api
        .send({ channel: this.channel, text: message, ...(this.ts ? { thread_ts: this.ts } : {}) })
        .catch(toastError);
    return h("button.button", { type: "button", title: message, onclick: ask }, title);
  }
}

export function newChatButton() {
  const begin = () =>
    api
      .newChat()
      .then(({ channel, ts }) => emit("thread", { channel, ts, compose: true }))
      .catch(toastError);
  return h("button.button.new-chat", { type: "button", onclick: begin }, "New chat");
}
