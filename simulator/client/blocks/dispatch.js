// A press or a choice goes to the app; the element shows that it is waiting, and how it ended.

import { api } from "../api.js";
import { confirmWith } from "../confirm.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { store } from "../store.js";
import { toast } from "../toast.js";

const waiting = new WeakSet();

/** payload: the value fields of the action as Slack names them. Resolves to true when the app acked. */
export async function dispatch(node, { slot }, item, payload = {}) {
  if (waiting.has(node)) return false;
  waiting.add(node);
  try {
    if (item.confirm && !(await confirmWith(item.confirm))) return false;
    return await send(node, slot, item, payload);
  } finally {
    waiting.delete(node);
  }
}

async function send(node, slot, item, payload) {
  setPending(node, true);
  clearFailure(node);
  try {
    const { surface, blockId } = slot;
    const { ack } = await api.act({
      container: surface.container,
      block_id: blockId,
      action_id: item.action_id,
      ...payload,
      state: surface.state(),
    });
    if (ack.status === "acked") return true;
    // the toast comes from the workspace
    showFailure(node, `${store.app.name} didn’t respond. Try again in a moment.`);
  } catch (error) {
    toast(error.message, "error");
    showFailure(node, error.message);
  } finally {
    setPending(node, false);
  }
  return false;
}

function setPending(node, pending) {
  node.classList.toggle("is-pending", pending);
  if (pending) node.setAttribute("aria-busy", "true");
  else node.removeAttribute("aria-busy");
}

function clearFailure(node) {
  if (node.nextElementSibling?.classList.contains("action-failure")) node.nextElementSibling.remove();
}

function showFailure(node, text) {
  if (node.isConnected)
    node.after(
      h("span.action-failure", { role: "img", aria: { label: text }, title: text }, icon("warning", 16)),
    );
}
