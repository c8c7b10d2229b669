// What this page knows of the workspace, and who wants to hear of changes.

const listeners = new Map();

export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
  return () => listeners.get(topic).delete(listener);
}

export function emit(topic, detail) {
  for (const listener of [...(listeners.get(topic) ?? [])]) listener(detail);
}

export const store = {
  team: null,
  me: null,
  app: null,
  users: new Map(),
  channels: new Map(),
  dms: [],
  usergroups: new Map(),
  place: null, // {kind: "channel", id} | {kind: "home"}
  online: true, // is the event stream up?
};

export function load(workspace) {
  store.team = workspace.team;
  store.me = workspace.me;
  store.app = workspace.app ?? null;
  store.users = new Map(workspace.users.map((user) => [user.id, user]));
  store.channels = new Map(workspace.channels.map((channel) => [channel.id, named(channel)]));
  store.dms = workspace.dms ?? [];
  store.usergroups = new Map((workspace.usergroups ?? []).map((group) => [group.id, group]));
  emit("workspace");
}

/** A group message is called by who else is in it. */
function named(channel) {
  if (!channel.is_mpim) return channel;
  const others = channel.members.filter((id) => id !== store.me.id);
  return { ...channel, name: others.map((id) => displayName(user(id))).join(", ") };
}

export const glyphOf = (channel) => (channel?.is_mpim ? "users" : channel?.is_private ? "lock" : "hash");

/** With the mark of a channel, if it is one. */
export const titleOf = (channel) => (channel.is_mpim ? channel.name : `#${channel.name}`);

/** Public and private channels that can be written to, by name; group messages too. */
export const liveChannels = () =>
  [...store.channels.values()]
    .filter((each) => !each.is_archived)
    .sort((a, b) => a.name.localeCompare(b.name));

export const user = (id) => store.users.get(id);
export const channel = (id) => store.channels.get(id);
export const dm = (id) => store.dms.find((each) => each.id === id);
export const appDm = () => store.dms.find((each) => each.user === store.app?.bot_user_id);
export const people = () => [...store.users.values()].filter((each) => !each.is_bot && !each.deleted);

/** Whom one can name in a message: the app, too, as long as it is here. */
export const mentionable = () =>
  [...store.users.values()].filter((each) => !each.deleted && (!each.is_bot || store.app.installed));

export function displayName(person) {
  if (!person) return "Someone";
  return person.real_name || person.display_name || person.name;
}

export function conversationName(id) {
  const known = channel(id);
  if (known) return known.name;
  const direct = dm(id);
  return direct ? displayName(user(direct.user)) : id;
}

export function setUnread(id, count) {
  const target = channel(id) ?? dm(id);
  if (!target || target.unread === count) return;
  target.unread = count;
  emit("unread", { channel: id, count });
}

/** A private channel that the person has left is out of sight. */
export function putChannel(changed) {
  if (changed.is_private && !changed.is_member) store.channels.delete(changed.id);
  else store.channels.set(changed.id, { ...store.channels.get(changed.id), ...named(changed) });
  emit("workspace");
}

export function putDm(direct) {
  if (dm(direct.id)) return;
  store.dms = [...store.dms, direct];
  emit("workspace");
}
