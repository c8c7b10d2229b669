// The /sim JSON API, as documented in simulator/README.md. Every call says who is acting.

export const actingUser = () => new URLSearchParams(location.search).get("user") ?? knownUser;

let knownUser = null;

export function actAs(user) {
  knownUser = user;
}

/** What the workspace refused, in words for a person. */
class ApiError extends Error {
  constructor(code, message, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError("unreachable", "The offline workspace isn’t answering. Is it still running?", 0);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok || body.ok === false) {
    const code = body.error ?? `http_${response.status}`;
    throw new ApiError(code, body.message ?? `The workspace answered ${code}.`, response.status);
  }
  return body;
}

export function get(path, params = {}) {
  const query = new URLSearchParams({ user: actingUser() ?? "", ...params });
  if (!query.get("user")) query.delete("user");
  return request(`/sim/${path}?${query}`, { headers: { Accept: "application/json" } });
}

function post(path, body = {}) {
  return request(`/sim/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: actingUser(), ...body }),
  });
}

export const api = {
  workspace: () => get("workspace"),
  conversation: (id) => get(`conversations/${id}`),
  messages: (id, params) => get(`conversations/${id}/messages`, params),
  replies: (id, ts) => get(`conversations/${id}/replies`, { ts }),
  markRead: (id) => post(`conversations/${id}/read`),
  openDm: (user) => post("dms", { with: user }),
  send: (message) => post("messages", message),
  deleteMessage: (message) => post("messages/delete", message),
  react: (reaction) => post("reactions", reaction),
  upload: (file) => post("uploads", file),
  share: (file) => post("files", file),
  command: (command) => post("commands", command),
  act: (action) => post("actions", action),
  options: (wanted) => post("options", wanted),
  submitView: (viewId, state) => post(`views/${viewId}/submit`, { state }),
  closeView: (viewId, clear = false) => post(`views/${viewId}/close`, clear ? { clear: true } : {}),
  views: () => get("views"),
  stepForm: (callbackId) => post("functions/form", { callback_id: callbackId }),
  runStep: (callbackId, inputs) => post("functions/run", { callback_id: callbackId, inputs }),
  stepRuns: () => get("functions"),
  shortcut: (shortcut) => post("shortcuts", shortcut),
  openHome: (tab = "home") => post("home", { tab }),
  home: () => get("home"),
  assistant: (channel, ts) => get("assistant", { channel, ts }),
  newChat: () => post("assistant"),
  installation: () => get("installation"),
  removeApp: () => post("installation/remove"),
};

export function fileUrl(file) {
  return `/sim/files/${encodeURIComponent(file.id)}?${new URLSearchParams({ user: actingUser() })}`;
}
