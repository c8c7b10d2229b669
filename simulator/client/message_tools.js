// The little toolbar of a message: reply, copy its link, the app's message shortcuts.

import { api } from "./api.js";
import { h } from "./dom.js";
import { openEmojiPicker } from "./emoji_picker.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { emit, store } from "./store.js";
import { toast, toastError } from "./toast.js";

export function tools({ message, context }) {
  if (message.is_ephemeral) return [];
  const shortcuts = (store.app?.shortcuts ?? []).filter((each) => each.type === "message");
  const place = { channel: context.channel, ts: message.ts };
  const isMine = message.user === store.me.id && !message.subtype;
  return [
    tool("smile", "Add reaction", ({ currentTarget }) =>
      openEmojiPicker(currentTarget, (name) => api.react({ ...place, name }).catch(toastError)),
    ),
    !context.inThread &&
      tool("thread", "Reply in thread", () =>
        emit("thread", { channel: context.channel, ts: message.thread_ts ?? message.ts, compose: true }),
      ),
    (shortcuts.length > 0 || isMine) &&
      tool(
        "more",
        "More actions",
        ({ currentTarget }) => openMore(currentTarget, shortcuts, place, isMine),
        true,
      ),
  ];
}

function tool(name, label, onclick, hasMenu = false) {
  return h(
    "button.icon-button.small",
    { type: "button", title: label, aria: { label, haspopup: hasMenu ? "menu" : null }, onclick },
    icon(name, 17),
  );
}

function openMore(anchor, shortcuts, place, isMine) {
  const ofApp = shortcuts.map((shortcut) => ({
    label: shortcut.name,
    hint: store.app.name,
    onchoose: () => use({ callback_id: shortcut.callback_id, ...place }),
  }));
  const ofOneself = { label: "Delete message", onchoose: () => api.deleteMessage(place).catch(toastError) };
  openMenu(
    anchor,
    isMine ? [...ofApp, ofOneself] : ofApp,
    { label: "Message shortcuts", placement: "bottom-end" },
  );
}

export async function use(shortcut) {
  try {
    const { ack } = await api.shortcut(shortcut);
    if (ack.status !== "acked") toast(`${store.app.name} didn’t respond. Try again in a moment.`, "error");
  } catch (error) {
    toastError(error);
  }
}
