// Starts the page: loads the workspace, lays out the panes, follows navigation.

import { actAs, api } from "./api.js";
import { banner } from "./banner.js";
import { Conversation, emptyState } from "./conversation.js";
import { append, h, isPhone, replace } from "./dom.js";
import { changes, listen } from "./events.js";
import { AppPlace } from "./home.js";
import { isSubmitting, startModals } from "./modal.js";
import { followHistory, open, placeInAddress, showPane } from "./navigation.js";
import { sidebar } from "./sidebar.js";
import { channel, conversationName, dm, load, on, store } from "./store.js";
import { listenForSwitcher } from "./switcher.js";
import { ThreadPane } from "./thread.js";
import { toast, toastError } from "./toast.js";

const root = document.getElementById("app");
const main = h("main.main");
let shown = null;
let thread = null;

async function start() {
  const workspace = await api.workspace();
  actAs(workspace.me.id);
  load(workspace);
  for (const topic of ["resync", "dm", "installation"]) on(topic, () => loadAgain().catch(toastError));
  await listen();
  await loadAgain(); // for what has changed before the stream was open
  append(replace(root), [sidebar(), h("div.stage", {}, banner(), h("div.panes", {}, main))]);
  root.removeAttribute("aria-busy");
  on("place", showPlace);
  on("thread", openThread);
  on("toast", ({ text, level }) => isSubmitting() || toast(text, level));
  followHistory(firstPlace);
  listenForSwitcher();
  open(validPlace(placeInAddress()) ?? firstPlace(), { push: false });
  await startModals();
}

const loadAgain = () => changes.fetched(api.workspace, load);

function validPlace(place) {
  if (place?.kind === "home") return store.app ? place : null;
  return place && (channel(place.id) || dm(place.id)) ? place : null;
}

function firstPlace() {
  const joined = [...store.channels.values()].filter((each) => each.is_member && !each.is_archived);
  const first = joined.find((each) => each.name === "general") ?? joined[0];
  return first ? { kind: "channel", id: first.id } : { kind: "home", tab: "home" };
}

function showPlace(place) {
  closeThread();
  shown?.leave();
  shown = place.kind === "home" ? new AppPlace(place.tab) : new Conversation(place.id);
  replace(main, shown.element);
  document.title = `${place.kind === "home" ? store.app.name : conversationName(place.id)} – ${store.team.name}`;
  shown.load();
  if (!isPhone()) shown.composer?.focus();
}

function openThread(target) {
  closeThread();
  thread = new ThreadPane({ ...target, onclose: closeThread });
  main.after(thread.element);
  root.classList.add("has-thread");
  thread.load();
}

function closeThread() {
  if (!thread) return;
  thread.leave();
  thread = null;
  root.classList.remove("has-thread");
  showPane("main");
}

start().catch((error) => {
  replace(
    root,
    h(
      "div.empty-state",
      {},
      ...emptyState("warning", "The workspace can’t be opened", error.message).children,
      h("a.button", { href: "/" }, "Start again"),
    ),
  );
  root.removeAttribute("aria-busy");
});
