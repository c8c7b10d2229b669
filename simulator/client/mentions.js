// People, channels and links inside text.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { open } from "./navigation.js";
import { showProfile } from "./people.js";
import { channel, displayName, store, user } from "./store.js";

export function userMention(id, label = "") {
  const person = user(id);
  const isMe = id === store.me?.id;
  return h(
    "button.mention",
    {
      type: "button",
      dir: "auto",
      class: isMe ? "is-me" : "",
      dataset: { userId: id },
      onclick: (event) => person && showProfile(event.currentTarget, person),
    },
    `@${person ? displayName(person) : label || id}`,
  );
}

export function channelMention(id, label = "") {
  const known = channel(id);
  const name = known?.name ?? label;
  if (!name) return h("span.mention", {}, icon("lock", 13), "private channel");
  const prefix = known?.is_private ? icon("lock", 13) : "#";
  if (!known) return h("span.mention", {}, prefix, name);
  return h(
    "a.mention",
    { dir: "auto", href: `?channel=${id}`, dataset: { channelId: id }, onclick: (event) => go(event, id) },
    prefix,
    name,
  );
}

function go(event, id) {
  event.preventDefault();
  open({ kind: "channel", id });
}

export function specialMention(name, label = "") {
  const [kind, id] = name.split("^");
  return kind === "subteam" ? groupMention(id, label) : h("span.mention.is-me", {}, `@${kind}`);
}

export function groupMention(id, label = "") {
  const group = store.usergroups.get(id);
  const isMine = group?.members.includes(store.me?.id);
  const text = group ? `@${group.handle}` : label || "@group";
  return h("span.mention", { class: isMine ? "is-me" : "", title: group?.name }, text);
}

const SAFE = /^(https?:|mailto:|tel:)/i;

/** Anything but web, mail and phone links stays text: an app's data must not run script. */
export function link(url, label) {
  if (!SAFE.test(url)) return h("span", {}, label);
  return h("a.link", { dir: "auto", href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}
