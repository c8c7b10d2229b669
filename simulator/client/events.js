// The server's event stream, turned into store topics.

import { actingUser } from "./api.js";
import { Meanwhile } from "./meanwhile.js";
import { dm, emit, putChannel, setUnread, store } from "./store.js";

const ENDED = {
  completed: ({ title }) => `${title} is completed.`,
  failed: ({ title, error }) => `${title} failed: ${error}`,
};

const HANDLERS = {
  message: (event) => emit("message", { kind: "added", channel: event.channel, message: event.message }),
  message_changed: (event) =>
    emit("message", { kind: "changed", channel: event.channel, message: event.message }),
  message_deleted: (event) =>
    emit("message", { kind: "removed", channel: event.channel, ts: event.ts ?? event.message?.ts }),
  ephemeral: (event) =>
    emit("message", {
      kind: "added",
      channel: event.channel,
      message: { ...event.message, is_ephemeral: true },
    }),
  ephemeral_changed: (event) =>
    emit("message", {
      kind: "changed",
      channel: event.channel,
      message: { ...event.message, is_ephemeral: true },
    }),
  ephemeral_deleted: (event) =>
    emit("message", { kind: "removed", channel: event.channel, ts: event.ts ?? event.message?.ts }),
  view_opened: (event) => emit("view", { kind: "opened", view: event.view }),
  view_pushed: (event) => emit("view", { kind: "pushed", view: event.view }),
  view_updated: (event) => emit("view", { kind: "updated", view: event.view }),
  view_closed: (event) => emit("view", { kind: "closed", viewId: event.view_id ?? event.view?.id }),
  views_cleared: () => emit("view", { kind: "cleared" }),
  home: (event) => emit("home", event.view),
  assistant: (event) => emit("assistant", event),
  function: ({ run }) => {
    emit("function", run);
    emit("toast", { level: run.state === "failed" ? "error" : "info", text: ENDED[run.state](run) });
  },
  toast: (event) => emit("toast", { level: event.level, text: event.text }),
};

const HANDLERS_OF_THE_WORKSPACE = {
  channel: changeChannel,
  unread: (event) => setUnread(event.channel, event.count),
  connection: (event) => setConnected(event.connected),
  installation: () => emit("installation"),
};

/** Of what the workspace itself is like, for whoever loads it anew. */
export const changes = new Meanwhile((event) => HANDLERS_OF_THE_WORKSPACE[event.type](event));

function changeChannel({ channel, reload }) {
  if (reload) emit("reload", channel.id);
  if (!channel.is_im) putChannel(channel);
  else if (!dm(channel.id)) emit("dm", channel.id);
}

function setConnected(connected) {
  if (!store.app) return;
  store.app.connected = connected;
  emit("connection", connected);
}

/**
 * Resolves when the stream is open: what is loaded after that misses nothing. The server sends again what a short
 * break has missed; after a longer one it says "reset", and all is loaded anew ("resync").
 */
export function listen() {
  return new Promise((resolve) => subscribe(resolve));
}

function subscribe(opened) {
  const source = new EventSource(`/sim/events?${new URLSearchParams({ user: actingUser() })}`);
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === "hello") {
      setOnline(true);
      if (event.reset) emit("resync");
      opened();
    } else if (event.type in HANDLERS_OF_THE_WORKSPACE) changes.hear(event);
    else HANDLERS[event.type]?.(event);
  };
  source.onerror = () => {
    setOnline(false);
    if (source.readyState === EventSource.CLOSED) comeBack();
  };
  addEventListener("pagehide", () => source.close());
}

const PATIENCE_MS = 2000;

/** Refused, not broken off: another workspace has taken this one's place, where this person may be unknown. */
async function comeBack() {
  const status = await fetch(`/sim/workspace?${new URLSearchParams({ user: actingUser() })}`).then(
    (response) => response.status,
    () => 0,
  );
  if (status === 200) location.reload();
  else if (status === 404) location.assign("/");
  else setTimeout(comeBack, PATIENCE_MS);
}

function setOnline(online) {
  if (store.online === online) return;
  store.online = online;
  emit("online", online);
}
