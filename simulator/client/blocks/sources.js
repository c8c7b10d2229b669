// What each kind of select offers, and the fields its choice travels in.

import { avatar } from "../people.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { displayName, glyphOf, liveChannels, people, store, user } from "../store.js";
import { textNodes, words } from "./text.js";

const nameOrder = (a, b) => a.label.localeCompare(b.label);

/** field: the single value's name; its plural holds a multi-select's. wrap/unwrap: choice ↔ what is sent. */
const KINDS = {
  static: {
    field: "selected_option",
    initial: "initial_option",
    options: staticOptions,
    read: (value) => value?.value,
    write: (option) => option.value,
  },
  // asked of the app each time: see remote.js
  external: {
    field: "selected_option",
    initial: "initial_option",
    options: () => [],
    read: (value) => value?.value,
    write: (option) => option.value,
    shown: (value) => staticOption(value),
    remote: true,
  },
  users: { field: "selected_user", initial: "initial_user", options: userOptions },
  conversations: {
    field: "selected_conversation",
    initial: "initial_conversation",
    options: conversationOptions,
  },
  channels: {
    field: "selected_channel",
    initial: "initial_channel",
    options: () => channelOptions((channel) => !channel.is_private),
  },
};

export function sourceOf(item) {
  const kind = item.type.replace(/^multi_/, "").replace(/_select$/, "");
  const source = KINDS[kind] ?? KINDS.static;
  return {
    ...source,
    options: source.options(item),
    read: source.read ?? ((value) => value),
    write: source.write ?? ((option) => option.id),
  };
}

/** The stored Slack value of an option: for static selects the option object itself. */
export function staticOptions(item) {
  const plain = (item.options ?? []).map((option) => staticOption(option));
  const grouped = (item.option_groups ?? []).flatMap((each) =>
    each.options.map((option) => staticOption(option, words(each.label))),
  );
  return [...plain, ...grouped];
}

function staticOption(option, group) {
  return {
    id: option.value,
    label: words(option.text),
    value: option,
    group,
    content: labelled(
      h("span.option-label", {}, textNodes(option.text)),
      option.description && words(option.description),
    ),
  };
}

function labelled(label, hint, before) {
  return [before, h("span.option-text", {}, label, hint && h("span.option-hint", {}, hint))];
}

function userOption(person) {
  const label = displayName(person);
  return {
    id: person.id,
    label,
    value: person.id,
    search: `${label} ${person.name} ${person.real_name}`,
    content: labelled(h("span.option-label", {}, label), person.title, avatar(person, "small")),
  };
}

function userOptions() {
  return people().map(userOption).sort(nameOrder);
}

function channelOptions(accepts) {
  return liveChannels()
    .filter(accepts)
    .map((channel) => ({
      id: channel.id,
      label: channel.name,
      value: channel.id,
      mark: () => icon(glyphOf(channel), 14),
      content: [icon(glyphOf(channel), 16), h("span.option-label", {}, channel.name)],
    }));
}

function conversationOptions(item) {
  const { include = ["public", "private", "im", "mpim"], exclude_bot_users: noBots } = item.filter ?? {};
  const channels = channelOptions((channel) => include.includes(kindOf(channel)));
  return include.includes("im") ? [...channels, ...directOptions(noBots)] : channels;
}

const kindOf = (channel) => (channel.is_mpim ? "mpim" : channel.is_private ? "private" : "public");

function directOptions(noBots) {
  return store.dms
    .map((direct) => ({ direct, person: user(direct.user) }))
    .filter(({ person }) => person && !(noBots && person.is_bot))
    .map(({ direct, person }) => ({ ...userOption(person), id: direct.id, value: direct.id }));
}
