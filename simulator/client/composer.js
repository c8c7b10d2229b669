// Where people type: Enter sends, Shift+Enter breaks the line, "/" starts a command.

import { api } from "./api.js";
import { Autocomplete } from "./autocomplete.js";
import { h } from "./dom.js";
import { openEmojiPicker } from "./emoji_picker.js";
import { base64 } from "./files.js";
import { icon } from "./icons.js";
import { use } from "./message_tools.js";
import { openMenu } from "./menu.js";
import { store } from "./store.js";
import { toast } from "./toast.js";

const MAX_HEIGHT = 260;
const drafts = new Map(); // place → text, while this page lives

/** context: {channel, threadTs?, label, placeholder, onsent(message)} */
export class Composer {
  constructor(context) {
    this.context = context;
    this.draftKey = `${context.channel}:${context.threadTs ?? ""}`;
    this.input = h("textarea.composer-input", {
      rows: 1,
      placeholder: context.placeholder ?? context.label,
      value: drafts.get(this.draftKey) ?? "",
      spellcheck: true,
      aria: { label: context.label },
      dataset: { testid: context.threadTs ? "thread-composer" : "composer" },
      dir: "auto",
      onkeydown: (event) => this.#key(event),
      oninput: () => this.#changed(),
    });
    this.send = h(
      "button.send-button",
      { type: "submit", aria: { label: "Send" }, title: "Send" },
      icon("send"),
    );
    this.picker = h("input", { type: "file", hidden: true, onchange: () => this.#share() });
    this.autocomplete = new Autocomplete(this.input, { commands: !context.threadTs });
    this.element = h(
      "form.composer",
      {
        onsubmit: (event) => {
          event.preventDefault();
          this.submit();
        },
      },
      this.autocomplete.element,
      h(
        "div.composer-box",
        {},
        this.input,
        this.picker,
        h(
          "div.composer-bar",
          {},
          this.#buttons(),
          h("span.composer-hint", { aria: { hidden: true } }, context.threadTs ? "⇧ Enter for a new line" : "/ for commands  ·  ⇧ Enter for a new line"),
          this.send,
        ),
      ),
    );
    this.#changed();
  }

  #buttons() {
    return [
      barButton("bolt", "Shortcuts", (event) => openShortcuts(event.currentTarget, this.context), true),
      barButton("smile", "Emoji", (event) =>
        openEmojiPicker(event.currentTarget, (code) => this.insert(`:${code}: `)),
      ),
      barButton("paperclip", "Share a file", () => this.picker.click()),
      barButton("at", "Mention someone", () => this.insert("@")),
    ];
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }

  insert(text) {
    const { selectionStart: start, selectionEnd: end, value } = this.input;
    const gap = start > 0 && !/\s$/.test(value.slice(0, start)) ? " " : "";
    this.input.setRangeText(gap + text, start, end, "end");
    this.focus();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #changed() {
    drafts.set(this.draftKey, this.input.value);
    this.send.disabled = !this.input.value.trim();
    requestAnimationFrame(() => this.#fit());
  }

  #fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, MAX_HEIGHT)}px`;
  }

  #key(event) {
    if (event.isComposing || this.autocomplete.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.ctrlKey || event.metaKey) this.#format(event);
  }

  #format(event) {
    const mark = { b: "*", i: "_", e: "`" }[event.key.toLowerCase()];
    if (!mark) return;
    event.preventDefault();
    const { selectionStart: start, selectionEnd: end, value } = this.input;
    this.input.setRangeText(`${mark}${value.slice(start, end)}${mark}`, start, end, "end");
    if (start === end) this.input.setSelectionRange(start + 1, start + 1);
    this.#changed();
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.#put("");
    this.autocomplete.close();
    try {
      await (isCommand(text) ? this.#command(text) : this.#message(text));
    } catch (error) {
      toast(error.message, "error");
      if (!this.input.value) this.#put(text);
    }
  }

  #put(text) {
    this.input.value = text;
    this.#changed();
  }

  async #message(text) {
    const { channel, threadTs, onsent } = this.context;
    const { message } = await api.send({ channel, text, thread_ts: threadTs });
    onsent?.(message);
  }

  // What was typed so far goes along with the file.
  async #share() {
    const [file] = this.picker.files;
    if (!file) return;
    const { channel, threadTs, onsent } = this.context;
    const text = this.input.value.trim();
    this.#put("");
    try {
      const content = await base64(file);
      const { message } = await api.share({ channel, text, name: file.name, content, thread_ts: threadTs });
      onsent?.(message);
    } catch (error) {
      toast(error.message, "error");
      if (!this.input.value) this.#put(text);
    } finally {
      this.picker.value = "";
    }
  }

  // The command itself is never shown in the channel; a bar says that the app is being asked.
  async #command(text) {
    this.element.classList.add("is-asking");
    try {
      await api.command({ channel: this.context.channel, text, thread_ts: this.context.threadTs });
      this.context.onsent?.(null);
    } finally {
      this.element.classList.remove("is-asking");
    }
  }
}

const isCommand = (text) => /^\/[^\s/]/.test(text);

function barButton(name, label, onclick, hasMenu = false) {
  return h(
    "button.icon-button",
    {
      type: "button",
      title: label,
      aria: { label, haspopup: hasMenu ? "menu" : null, expanded: hasMenu ? false : null },
      onclick,
    },
    icon(name),
  );
}

function openShortcuts(anchor, context) {
  const shortcuts = (store.app?.shortcuts ?? []).filter((each) => each.type === "global");
  if (!shortcuts.length) {
    toast("This workspace’s app has no shortcuts.");
    return;
  }
  openMenu(
    anchor,
    shortcuts.map((shortcut) => ({
      label: shortcut.name,
      hint: shortcut.description,
      before: h("span.menu-glyph", {}, icon("bolt", 16)),
      onchoose: () => use({ callback_id: shortcut.callback_id, channel: context.channel }),
    })),
    { label: "Shortcuts", placement: "top-start", className: "shortcuts-menu" },
  );
}
