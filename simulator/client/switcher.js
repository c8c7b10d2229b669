// Ctrl/Cmd+K: jump to any conversation.

import { withEmoji } from "./blocks/text.js";
import { openDirect } from "./direct.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { Listbox } from "./listbox.js";
import { open } from "./navigation.js";
import { appAvatar, avatar } from "./people.js";
import { displayName, glyphOf, people, store } from "./store.js";

export function listenForSwitcher() {
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openSwitcher();
    }
  });
}

export function openSwitcher() {
  if (document.querySelector("dialog[open]")) return;
  const list = new Listbox({
    label: "Conversations",
    onpick: (option) => {
      dialog.close();
      option.go();
    },
  });
  const input = h("input.switcher-input", {
    type: "text",
    role: "combobox",
    autocomplete: "off",
    placeholder: "Jump to a channel, a person or the app",
    aria: { label: "Jump to", expanded: true },
    oninput: () => list.show(find(input.value)),
    onkeydown: (event) => list.key(event),
  });
  list.drive(input);
  const dialog = h(
    "dialog.switcher",
    {
      aria: { label: "Jump to a conversation" },
      onclose: () => dialog.remove(),
      onclick: ({ target }) => target === dialog && dialog.close(),
    },
    h("div.switcher-field", {}, icon("search"), input),
    list.element,
  );
  document.body.append(dialog);
  dialog.showModal();
  list.show(find(""));
  input.focus();
}

function find(query) {
  const wanted = query.trim().replace(/^[#@]/, "").toLowerCase();
  const found = places().filter((place) => place.search.toLowerCase().includes(wanted));
  return wanted
    ? found.sort(
        (a, b) =>
          Number(b.search.toLowerCase().startsWith(wanted)) -
          Number(a.search.toLowerCase().startsWith(wanted)),
      )
    : found;
}

function places() {
  const channels = [...store.channels.values()].sort(
    (a, b) => a.is_archived - b.is_archived || b.unread - a.unread || a.name.localeCompare(b.name),
  );
  const others = people().filter((person) => person.id !== store.me.id);
  return [...channels.map(channelOption), ...(store.app ? [appOption()] : []), ...others.map(personOption)];
}

function channelOption(channel) {
  const glyph = channel.is_archived ? "archive" : glyphOf(channel);
  const hint = channel.is_archived ? "Archived" : channel.is_member ? channel.topic : "Not joined";
  return {
    id: channel.id,
    search: channel.name,
    go: () => open({ kind: "channel", id: channel.id }),
    content: [h("span.option-mark", {}, icon(glyph, 17)), label(channel.name, hint)],
  };
}

function appOption() {
  return {
    id: "app",
    search: store.app.name,
    go: () => open({ kind: "home", tab: "home" }),
    content: [h("span.option-mark", {}, appAvatar("small")), label(store.app.name, "App")],
  };
}

function personOption(person) {
  return {
    id: person.id,
    search: `${displayName(person)} ${person.name} ${person.real_name}`,
    go: () => openDirect(person.id),
    content: [h("span.option-mark", {}, avatar(person, "small")), label(displayName(person), person.title)],
  };
}

function label(name, hint) {
  return [h("span.option-label", {}, name), hint && h("span.option-hint", {}, withEmoji(hint))];
}
