// Where in the workspace this page is, kept in the address bar so that Back and deep links work.

import { actingUser } from "./api.js";
import { emit, store } from "./store.js";

export function addressOf(place, user = actingUser()) {
  const query = new URLSearchParams({ user });
  if (place?.kind === "channel") query.set("channel", place.id);
  if (place?.kind === "home") query.set("app", place.tab ?? "home");
  return `/?${query}`;
}

export function placeInAddress() {
  const query = new URLSearchParams(location.search);
  if (query.get("app")) return { kind: "home", tab: query.get("app") };
  return query.get("channel") ? { kind: "channel", id: query.get("channel") } : null;
}

function samePlace(a, b) {
  return a?.kind === b?.kind && a?.id === b?.id && a?.tab === b?.tab;
}

export function open(place, { push = true } = {}) {
  showPane("main");
  if (samePlace(place, store.place)) return;
  store.place = place;
  history[push ? "pushState" : "replaceState"]({}, "", addressOf(place));
  emit("place", place);
}

/** On a phone one pane shows at a time: "list", "main" or "thread". */
export function showPane(pane) {
  document.body.dataset.pane = pane;
}

export function followHistory(fallback) {
  addEventListener("popstate", () => {
    const place = placeInAddress() ?? fallback();
    store.place = place;
    emit("place", place);
  });
}

/** Another person sees another workspace: the page starts again, at the same place if they can see it. */
export function switchPerson(id) {
  location.assign(addressOf(store.place, id));
}
