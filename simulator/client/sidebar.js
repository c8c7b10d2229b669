// The list of places: the app, channels, direct messages; and who is acting.

import { appAvatar, avatar, personSwitcher } from "./people.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { addressOf, open } from "./navigation.js";
import { openSwitcher } from "./switcher.js";
import { appDm, displayName, on, store, user } from "./store.js";
import { themeButton } from "./theme_button.js";

export function sidebar() {
  const places = h("div.sidebar-places");
  const element = h(
    "nav.sidebar",
    { aria: { label: "Workspace" } },
    workspaceHeader(),
    places,
    h("footer.sidebar-foot", {}, personSwitcher(), themeButton()),
  );
  const show = () =>
    keepingFocus(places, () => replace(places, appSection(), channelSection(), directSection()));
  for (const topic of ["workspace", "place", "unread", "connection"]) on(topic, show);
  show();
  return element;
}

// The list is made again on every change; the link that had the focus keeps it.
function keepingFocus(root, change) {
  const key = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const { scrollTop } = root;
  change();
  root.scrollTop = scrollTop;
  if (key) root.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

function workspaceHeader() {
  return h(
    "header.sidebar-head",
    {},
    h("span.workspace-mark", { aria: { hidden: true } }, initials(store.team.name)),
    h(
      "div.workspace-text",
      {},
      h("div.workspace-name", {}, store.team.name),
      h("div.workspace-note", {}, "Offline workspace"),
    ),
    h(
      "button.icon-button",
      {
        type: "button",
        title: "Jump to… (Ctrl K)",
        aria: { label: "Jump to a conversation", keyshortcuts: "Control+K Meta+K" },
        onclick: openSwitcher,
      },
      icon("search"),
    ),
  );
}

const initials = (name) =>
  name
    .split(/[^\p{L}]+/u)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0])
    .join("");

function section(title, ...items) {
  return h(
    "section.sidebar-section",
    { aria: { label: title } },
    h("h2.sidebar-heading", {}, title),
    h(
      "ul.sidebar-list",
      {},
      items.flat().map((item) => h("li", {}, item)),
    ),
  );
}

function placeLink(place, { key, before, label, note, unread = 0, testid }) {
  const current = isCurrent(place);
  return h(
    "a.place",
    {
      href: addressOf(place),
      class: unread ? "is-unread" : "",
      dataset: { key, testid, channelId: place.id },
      aria: { current: current ? "page" : null },
      onclick: (event) => follow(event, place),
    },
    h("span.place-mark", {}, before),
    h("span.place-name", {}, label),
    note && h("span.visually-hidden", {}, ` (${note})`),
    unread > 0 &&
      h("span.unread-badge", { aria: { label: `${unread} unread` } }, unread > 99 ? "99+" : String(unread)),
  );
}

function isCurrent(place) {
  return store.place?.kind === place.kind && (place.kind === "home" || store.place.id === place.id);
}

function follow(event, place) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(place);
}

function appSection() {
  const { app } = store;
  if (!app) return null;
  const note = !app.installed ? "not installed" : app.connected ? null : "not connected";
  const mark = h(
    "span.app-mark",
    { class: note ? "" : "is-connected", title: note ?? "connected" },
    appAvatar("small"),
  );
  return section(
    "Apps",
    placeLink(
      { kind: "home", tab: app.home_tab === false ? "messages" : "home" },
      { key: "app", before: mark, label: app.name, note, unread: appDm()?.unread, testid: "app-home" },
    ),
  );
}

function channelSection() {
  const joined = [...store.channels.values()].filter(
    (each) => !each.is_mpim && ((each.is_member && !each.is_archived) || isCurrent({ kind: "channel", id: each.id })),
  );
  const links = joined
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((each) =>
      placeLink(
        { kind: "channel", id: each.id },
        {
          key: each.id,
          before: icon(each.is_archived ? "archive" : each.is_private ? "lock" : "hash", 17),
          label: each.name,
          note: each.is_private ? "private" : null,
          unread: each.unread,
          testid: `channel-${each.name}`,
        },
      ),
    );
  return section(
    "Channels",
    links,
    h(
      "button.place.is-quiet",
      { type: "button", dataset: { key: "browse" }, onclick: openSwitcher },
      h("span.place-mark", {}, icon("plus", 16)),
      h("span.place-name", {}, "Browse channels"),
    ),
  );
}

function directSection() {
  const directs = store.dms
    .map((each) => ({ ...each, person: user(each.user) }))
    .filter(({ person }) => person && !person.is_bot);
  const groups = [...store.channels.values()].filter((each) => each.is_mpim);
  if (!directs.length && !groups.length) return null;
  return section(
    "Direct messages",
    groups.map((each) =>
      placeLink(
        { kind: "channel", id: each.id },
        { key: each.id, before: icon("users", 17), label: each.name, unread: each.unread },
      ),
    ),
    directs.map(({ id, person, unread }) =>
      placeLink(
        { kind: "channel", id },
        {
          key: id,
          before: avatar(person, "small"),
          label: displayName(person),
          unread,
          testid: `dm-${person.name}`,
        },
      ),
    ),
  );
}
