// What the app is, what it may do here, and how it is taken away; and what stands there while it is not installed.

import { api } from "./api.js";
import { confirmWith } from "./confirm.js";
import { h, replace } from "./dom.js";
import { appAvatar } from "./people.js";
import { steps } from "./steps.js";
import { displayName, store, user } from "./store.js";
import { toast, toastError } from "./toast.js";

export function about() {
  const { app } = store;
  const commands = app.commands.filter((each) => !each.builtin);
  return h(
    "div.home-scroll.about",
    {},
    appAvatar("large"),
    h("h2", {}, app.name),
    h("p.lead", {}, app.description),
    commands.length > 0 && h("h3", {}, "Commands"),
    h(
      "dl.about-list",
      {},
      commands.map((each) => [
        h("dt", {}, h("code.inline-code", {}, each.command), " ", h("span.muted", {}, each.usage_hint)),
        h("dd", {}, each.description),
      ]),
    ),
    app.shortcuts.length > 0 && h("h3", {}, "Shortcuts"),
    h(
      "dl.about-list",
      {},
      app.shortcuts.map((each) => [h("dt", {}, each.name), h("dd", {}, each.description)]),
    ),
    steps(),
    installation(),
  );
}

function installation() {
  const facts = h("p.muted", {}, "Loading…");
  const scopes = h("ul.about-scopes");
  api
    .installation()
    .then((known) => {
      const installer = user(known.installer);
      replace(facts, installer ? `Added by ${displayName(installer)}. It may:` : "It may:");
      replace(
        scopes,
        known.scopes.map((scope) => h("li", {}, h("code.inline-code", {}, scope))),
      );
    })
    .catch((error) => replace(facts, error.message));
  return h("section.about-installation", {}, h("h3", {}, "In this workspace"), facts, scopes, removal());
}

function removal() {
  const { app, team } = store;
  if (!app.removable)
    return h("p.muted", {}, `You cannot remove apps from ${team.name}. Ask an owner or an admin.`);
  return h(
    "button.button.is-danger",
    { type: "button", dataset: { testid: "remove-app" }, onclick: remove },
    "Remove app",
  );
}

async function remove() {
  const { app, team } = store;
  const isSure = await confirmWith({
    title: plain(`Remove ${app.name} from ${team.name}?`),
    text: plain(
      `Nobody here will be able to use ${app.name} any more. It leaves its channels, and its tokens stop working at once.`,
    ),
    confirm: plain("Remove app"),
    deny: plain("Cancel"),
    style: "danger",
  });
  if (!isSure) return;
  await api.removeApp().then(() => toast(`${app.name} was removed.`), toastError);
}

const plain = (text) => ({ type: "plain_text", text });

export function notInstalled() {
  const { app, team } = store;
  return h(
    "div.home-scroll.not-installed",
    { dataset: { testid: "not-installed" } },
    appAvatar("large"),
    h("h2", {}, `${app.name} is not installed in this workspace`),
    h("p.lead", {}, app.description),
    app.install_url
      ? installLink(`Install ${app.name}`)
      : h("p.muted", {}, `Whoever runs ${app.name} has the link that installs it in ${team.name}.`),
  );
}

/** In a tab of its own: this one goes on by itself once the app is there. */
export function installLink(label) {
  return h(
    "a.button.is-primary",
    { href: store.app.install_url, target: "_blank", rel: "noopener", dataset: { testid: "install-app" } },
    label,
  );
}
