// The app's own place: Home, Messages and About tabs.

import { about, notInstalled } from "./about.js";
import { api } from "./api.js";
import { showBlocks } from "./blocks/index.js";
import { Surface } from "./blocks/surface.js";
import { Conversation, emptyState, skeleton } from "./conversation.js";
import { backButton } from "./conversation_header.js";
import { directWith } from "./direct.js";
import { h, replace, uniqueId } from "./dom.js";
import { Meanwhile } from "./meanwhile.js";
import { open } from "./navigation.js";
import { appAvatar } from "./people.js";
import { emit, on, store } from "./store.js";

const TABS = [
  ["home", "Home"],
  ["messages", "Messages"],
  ["about", "About"],
];

export class AppPlace {
  constructor(tab = "home") {
    this.tab = tab;
    this.panelId = uniqueId("panel");
    this.surface = new Surface({ type: "home" });
    this.body = h("div.home-blocks.blocks");
    this.panel = h("div.app-panel", { role: "tabpanel", id: this.panelId, aria: { label: tab } });
    this.isInstalled = store.app.installed;
    this.element = h(
      "section.conversation.app-place",
      { aria: { label: store.app.name } },
      this.#header(),
      this.panel,
    );
    this.meanwhile = new Meanwhile((view) => this.#show(view));
    this.stops = [
      on("workspace", () => this.isInstalled !== store.app.installed && emit("place", store.place)),
      on("home", (view) => this.tab === "home" && this.meanwhile.hear(view)),
      on("resync", () => this.isInstalled && this.tab === "home" && this.#fetch()),
      on("connection", (connected) => connected && this.isInstalled && this.tab === "home" && this.#home()),
    ];
  }

  #header() {
    return h(
      "header.pane-header.app-header",
      {},
      h("div.app-title", {}, backButton(), appAvatar("small"), h("h1", {}, store.app.name)),
      this.isInstalled &&
        h(
          "div.tabs",
          { role: "tablist", aria: { label: store.app.name }, onkeydown: moveTab },
          TABS.filter(([tab]) => isOffered(tab)).map(([tab, label]) => this.#tab(tab, label)),
        ),
    );
  }

  #tab(tab, label) {
    const selected = tab === this.tab;
    return h(
      "button.tab",
      {
        type: "button",
        role: "tab",
        tabIndex: selected ? 0 : -1,
        aria: { selected, controls: this.panelId },
        onclick: () => open({ kind: "home", tab }),
      },
      label,
    );
  }

  load() {
    if (!this.isInstalled) return replace(this.panel, notInstalled());
    if (this.tab === "messages") return this.#messages();
    if (this.tab === "about") return replace(this.panel, about());
    return this.#home();
  }

  leave() {
    for (const stop of this.stops) stop();
    this.conversation?.leave();
    this.left = true;
  }

  async #home() {
    if (!this.body?.isConnected) replace(this.panel, h("div.home-scroll", {}, skeleton(3)));
    await api.openHome().catch(() => {}); // no app connected: the banner says so, the stored view is still shown
    await this.#fetch();
  }

  async #fetch() {
    try {
      await this.meanwhile.fetched(api.home, ({ view }) => this.#show(view));
    } catch (error) {
      replace(this.panel, emptyState("warning", "Home can’t be shown", error.message));
    }
  }

  #show(view) {
    if (view) {
      showBlocks(this.body, view.blocks, this.surface);
      if (!this.body.isConnected) replace(this.panel, h("div.home-scroll", {}, this.body));
    } else
      replace(
        this.panel,
        emptyState(
          "home",
          "Nothing here yet",
          store.app.connected
            ? `${store.app.name} is preparing this page.`
            : `${store.app.name} will fill this page once it is connected.`,
        ),
      );
  }

  async #messages() {
    replace(this.panel, skeleton(3));
    api.openHome("messages").catch(() => {}); // no app connected: what was said is still shown
    try {
      const id = await directWith(store.app.bot_user_id);
      if (this.left) return;
      this.conversation = new Conversation(id, {
        header: h("span", { hidden: true }),
        readOnly: Boolean(store.app.messages_tab_read_only),
      });
      replace(this.panel, this.conversation.element);
      await this.conversation.load();
    } catch (error) {
      replace(this.panel, emptyState("warning", "Messages can’t be shown", error.message));
    }
  }
}

const isOffered = (tab) =>
  tab === "home"
    ? store.app.home_tab !== false
    : tab === "messages"
      ? store.app.messages_tab !== false
      : true;

function moveTab(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...event.currentTarget.querySelectorAll("[role=tab]")];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  next.click();
  document.querySelector("[role=tab][aria-selected=true]")?.focus();
}
