// Suggestions while typing: /commands, @people and apps, #channels, :emoji:.

import { h } from "./dom.js";
import { emojiCharacter, findEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { Listbox } from "./listbox.js";
import { avatar } from "./people.js";
import { displayName, liveChannels, mentionable, store } from "./store.js";

const LIMIT = 8;

export class Autocomplete {
  constructor(input, { commands = true } = {}) {
    this.input = input;
    this.commands = commands;
    this.list = new Listbox({ label: "Suggestions", onpick: (option) => this.#accept(option) });
    this.list.drive(input);
    this.heading = h("div.autocomplete-heading", { aria: { hidden: true } });
    this.element = h("div.autocomplete", { hidden: true }, this.heading, this.list.element);
    input.setAttribute("aria-haspopup", "listbox");
    input.addEventListener("input", () => this.#update());
    input.addEventListener("click", () => this.#update());
    input.addEventListener("blur", () => this.close());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  close() {
    this.element.hidden = true;
    this.moved = false;
    this.input.setAttribute("aria-activedescendant", "");
  }

  /** True when the key was for the list. A command, or a name typed in full, is sent by Enter, not completed. */
  key(event) {
    if (!this.isOpen) return false;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      return true;
    }
    if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      return this.list.pick();
    }
    if (event.key === "Enter" && (event.shiftKey || (!this.moved && this.#isComplete()))) return false;
    if (event.key.startsWith("Arrow")) this.moved = true;
    return this.list.key(event);
  }

  #isComplete() {
    const typed = this.input.value.slice(...this.range).toLowerCase();
    return this.list.options.some((option) => option.insert.trim().toLowerCase() === typed);
  }

  #update() {
    this.moved = false;
    const found = this.#find();
    if (!found?.options.length) {
      this.close();
      return;
    }
    this.range = found.range;
    this.heading.textContent = found.heading;
    this.element.hidden = false;
    this.list.show(found.options);
  }

  #find() {
    const before = this.input.value.slice(0, this.input.selectionStart);
    const command = this.commands && before.match(/^\/\S*$/);
    if (command) return { heading: "Commands", range: [0, before.length], options: commandOptions(before) };
    const word = before.match(/(^|[\s(=,])([@#:])([\p{L}\p{N}._+-]*)$/u);
    if (!word || (word[2] === ":" && word[3].length < 2)) return null;
    const range = [before.length - word[3].length - 1, before.length];
    return { range, ...SOURCES[word[2]](word[3].toLowerCase()) };
  }

  #accept(option) {
    const [start, end] = this.range;
    this.input.setRangeText(option.insert, start, end, "end");
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }
}

function commandOptions(typed) {
  const commands = (store.app?.commands ?? []).filter((each) => each.command.startsWith(typed.toLowerCase()));
  const ours = commands.filter((each) => !each.builtin);
  const builtin = commands.filter((each) => each.builtin);
  return [...ours, ...builtin].map((each) => ({
    id: each.command,
    kind: "command",
    insert: `${each.command} `,
    content: [
      h(
        "span.option-glyph",
        { class: each.builtin ? "" : "is-app" },
        icon(each.builtin ? "bolt" : "flag", 16),
      ),
      h(
        "span.option-text",
        {},
        h(
          "span.command-line",
          {},
          h("span.option-label", {}, each.command),
          each.usage_hint && h("span.command-usage", {}, each.usage_hint),
        ),
        h("span.option-hint", {}, each.description),
      ),
      h("span.option-source", {}, each.builtin ? "Workspace" : store.app.name),
    ],
  }));
}

const SOURCES = {
  "@": (query) => ({
    heading: "People and apps",
    options: matching(
      mentionable(),
      query,
      (person) => `${displayName(person)} ${person.name} ${person.real_name}`,
    ).map(personOption),
  }),
  "#": (query) => ({
    heading: "Channels",
    options: matching(liveChannels().filter((each) => !each.is_mpim), query, (each) => each.name).map(channelOption),
  }),
  ":": (query) => ({ heading: "Emoji", options: findEmoji(query).map(emojiOption) }),
};

function matching(all, query, textOf) {
  const words = all
    .map((each) => [each, textOf(each).toLowerCase()])
    .filter(([, text]) => text.includes(query));
  return words
    .sort(([, a], [, b]) => Number(b.startsWith(query)) - Number(a.startsWith(query)))
    .slice(0, LIMIT)
    .map(([each]) => each);
}

function personOption(person) {
  return {
    id: person.id,
    insert: `@${person.name} `,
    content: [
      avatar(person, "small"),
      h("span.option-label", {}, displayName(person)),
      h("span.option-hint", {}, person.title ?? ""),
    ],
  };
}

function channelOption(channel) {
  return {
    id: channel.id,
    insert: `#${channel.name} `,
    content: [icon(channel.is_private ? "lock" : "hash", 16), h("span.option-label", {}, channel.name)],
  };
}

function emojiOption(code) {
  return {
    id: code,
    insert: `:${code}: `,
    content: [h("span.option-emoji", {}, emojiCharacter(code)), h("span.option-label", {}, `:${code}:`)],
  };
}
