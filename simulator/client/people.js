// Avatars, profiles and the switch to act as somebody else.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { openDirect } from "./direct.js";
import { closePopover, openPopover } from "./popover.js";
import { switchPerson } from "./navigation.js";
import { displayName, people, store } from "./store.js";

export function avatar(person, size = "medium") {
  if (!person || person.is_bot) return appAvatar(size);
  return h(
    "span.avatar",
    { class: `is-${size}`, style: { "--tint": colorOf(person) }, aria: { hidden: true } },
    person.initials ?? displayName(person).slice(0, 1),
  );
}

/** The workspace itself speaking, as Slackbot does. */
export function workspaceAvatar() {
  return h("span.avatar.is-medium.is-workspace", { aria: { hidden: true } }, store.team.name.slice(0, 1));
}

export function appAvatar(size = "medium") {
  return h(
    "span.avatar.is-app",
    { class: `is-${size}`, aria: { hidden: true } },
    icon("flag", { tiny: 13, small: 15, medium: 23, large: 38 }[size]),
  );
}

function colorOf(person) {
  const color = person.color ?? "5b7a70";
  return /^[0-9a-f]{3,8}$/i.test(color) ? `#${color}` : color;
}

export function roleOf(person) {
  if (person.is_owner) return "Workspace owner";
  if (person.is_admin) return "Workspace admin";
  return person.is_guest || person.is_restricted ? "Guest" : "";
}

export function showProfile(anchor, person) {
  const role = person.is_bot ? "App" : roleOf(person);
  openPopover(
    anchor,
    h(
      "div.profile",
      {},
      avatar(person, "large"),
      h("div.profile-name", {}, displayName(person)),
      h("div.profile-handle", {}, `@${person.display_name || person.name}`),
      person.title && h("div.profile-title", {}, person.title),
      role && h("span.badge", {}, role),
      h(
        "div.profile-actions",
        {},
        person.id !== store.me.id && messageButton(person),
        canActAs(person) && actAsButton(person),
      ),
    ),
    { className: "profile-popover" },
  );
}

const canActAs = (person) => person.id !== store.me.id && !person.is_bot && !person.deleted;

function messageButton(person) {
  return h(
    "button.button",
    {
      type: "button",
      onclick: () => {
        closePopover();
        openDirect(person.id);
      },
    },
    icon("message", 16),
    "Message",
  );
}

function actAsButton(person) {
  return h(
    "button.button",
    { type: "button", onclick: () => switchPerson(person.id) },
    icon("swap", 16),
    "Act as",
  );
}

/** The button at the foot of the sidebar that says who is acting. */
export function personSwitcher() {
  const { me } = store;
  return h(
    "button.person-switcher",
    {
      type: "button",
      dataset: { testid: "person-switcher" },
      aria: { haspopup: "menu", expanded: false, label: `Acting as ${displayName(me)}. Switch person` },
      onclick: (event) => openSwitcher(event.currentTarget),
    },
    avatar(me),
    h(
      "span.person-switcher-text",
      {},
      h("span.person-switcher-name", {}, displayName(me)),
      h("span.person-switcher-role", {}, roleOf(me) || me.title || "Member"),
    ),
    icon("swap", 16),
  );
}

function openSwitcher(anchor) {
  const items = people().map((person) => ({
    label: displayName(person),
    hint: [roleOf(person), person.title].filter(Boolean).join(" · "),
    before: avatar(person, "small"),
    checked: person.id === store.me.id,
    onchoose: () => person.id !== store.me.id && switchPerson(person.id),
  }));
  openMenu(anchor, items, { label: "Act as", placement: "top-start", className: "people-menu" });
}
