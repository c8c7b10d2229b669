// A conversation's name, topic and members.

import { api } from "./api.js";
import { h, replace } from "./dom.js";
import { plural } from "./format.js";
import { icon } from "./icons.js";
import { appAvatar, avatar, roleOf, showProfile } from "./people.js";
import { link } from "./mentions.js";
import { inline } from "./mrkdwn.js";
import { openPopover } from "./popover.js";
import { showPane } from "./navigation.js";
import { channel, displayName, dm, glyphOf, on, user } from "./store.js";

export function backButton(pane = "list", label = "Back to the list") {
  return h(
    "button.icon-button.back-button",
    { type: "button", aria: { label }, onclick: () => showPane(pane) },
    icon("back"),
  );
}

export function conversationHeader(id) {
  const direct = dm(id);
  return direct ? directHeader(user(direct.user)) : channelHeader(id);
}

function directHeader(person) {
  return h(
    "header.pane-header",
    {},
    backButton(),
    h(
      "div.pane-title",
      {},
      h(
        "button.title-button",
        { type: "button", onclick: (event) => showProfile(event.currentTarget, person) },
        avatar(person, "small"),
        h("h1", {}, displayName(person)),
      ),
      person?.title && h("p.pane-topic", {}, person.title),
    ),
  );
}

function channelHeader(id) {
  const header = h("div.pane-top");
  const show = () => {
    const known = channel(id);
    if (!header.isConnected && header.hasChildNodes())
      stop(); // the person has gone elsewhere
    else if (known)
      replace(
        header,
        h("header.pane-header", {}, backButton(), title(known), members(known)),
        known.bookmarks?.length > 0 && bookmarks(known),
      );
  };
  const stop = on("workspace", show);
  show();
  return header;
}

function bookmarks(known) {
  return h(
    "nav.bookmarks",
    { aria: { label: "Bookmarks" } },
    known.bookmarks.map((each) =>
      h(
        "span.bookmark",
        {},
        each.emoji ? inline(each.emoji) : icon("link", 14),
        link(each.link, each.title),
      ),
    ),
  );
}

function title(known) {
  return h(
    "div.pane-title",
    {},
    h(
      "h1",
      {},
      icon(glyphOf(known), 19),
      known.name,
      known.is_archived && h("span.badge", {}, "Archived"),
    ),
    known.topic && h("p.pane-topic", { title: known.topic }, inline(known.topic)),
  );
}

function members(known) {
  return h(
    "button.members-button",
    {
      type: "button",
      aria: { haspopup: "dialog", expanded: false, label: plural(known.num_members ?? 0, "member") },
      onclick: (event) => showMembers(event.currentTarget, known.id),
    },
    icon("users"),
    h("span", {}, String(known.num_members ?? "")),
  );
}

async function showMembers(anchor, id) {
  const list = h(
    "div.member-list",
    { role: "group", aria: { label: "Members" } },
    h("p.muted", {}, "Loading…"),
  );
  if (!openPopover(anchor, list, { placement: "bottom-end", className: "members-popover" })) return;
  const { members: ids } = await api.conversation(id).catch(() => ({ members: [] }));
  replace(
    list,
    ids
      .map((each) => user(each))
      .filter(Boolean)
      .map((person) => member(person, anchor)),
  );
}

function member(person, anchor) {
  return h(
    "button.menu-item",
    { type: "button", onclick: () => showProfile(anchor, person) },
    person.is_bot ? appAvatar("small") : avatar(person, "small"),
    h(
      "span.menu-item-text",
      {},
      h("span.menu-item-label", {}, displayName(person)),
      h(
        "span.menu-item-hint",
        {},
        person.is_bot ? "App" : [roleOf(person), person.title].filter(Boolean).join(" · "),
      ),
    ),
  );
}
