// Direct messages: opened on demand.

import { api } from "./api.js";
import { open } from "./navigation.js";
import { putDm, store } from "./store.js";
import { toastError } from "./toast.js";

export async function directWith(userId) {
  const known = store.dms.find((each) => each.user === userId);
  if (known) return known.id;
  const { channel } = await api.openDm(userId);
  const id = channel.id ?? channel;
  putDm({ id, user: userId, unread: 0 });
  return id;
}

export async function openDirect(userId) {
  if (userId === store.app?.bot_user_id) {
    open({ kind: "home", tab: "messages" });
    return;
  }
  try {
    open({ kind: "channel", id: await directWith(userId) });
  } catch (error) {
    toastError(error);
  }
}
