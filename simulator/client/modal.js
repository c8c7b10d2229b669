// The stack of modals an app has opened: one dialog, showing the top view.

import { api } from "./api.js";
import { h, uniqueId } from "./dom.js";
import { icon } from "./icons.js";
import { ModalView } from "./modal_view.js";
import { closePopover } from "./popover.js";
import { on } from "./store.js";
import { toast, toastError } from "./toast.js";

let stack = []; // ModalView, the top last
let dialog = null;
let opener = null;

let heard = 0;

export function startModals() {
  on("view", ({ kind, view, viewId }) => {
    heard += 1;
    HANDLERS[kind]?.(view ?? viewId);
  });
  on("resync", () => resync().catch(toastError));
  return resync();
}

const HANDLERS = {
  opened: (view) => put(view, []),
  pushed: (view) => put(view, stack),
  updated: (view) => stack.find((each) => each.id === view.id)?.update(view),
  closed: (viewId) => drop(viewId),
  cleared: () => setStack([]),
};

/** While a form is being sent, what goes wrong is said in the form. */
export const isSubmitting = () => Boolean(stack.at(-1)?.isBusy);

/** An answer that may be older than what was heard since is no news: a form that has just opened would close again. */
async function resync() {
  let views, before;
  do {
    before = heard;
    ({ views } = await api.views());
  } while (heard !== before);
  setStack(views.map((view) => known(view)));
}

function known(view) {
  const shown = stack.find((each) => each.id === view.id);
  shown?.update(view);
  return shown ?? newView(view);
}

function newView(view) {
  return new ModalView(view, { onsubmit: submit, onclose: close, onretitle: showTitle });
}

/** A form of this client's own, not of the app: `send` gets its state and may answer with errors. */
export function openForm(definition, send) {
  const form = newView({ ...definition, id: uniqueId("form") });
  form.send = send;
  setStack([form]);
}

function put(view, under) {
  if (!view || view.type !== "modal") return;
  const rest = under.filter((each) => each.id !== view.id);
  setStack([...rest, stack.find((each) => each.id === view.id) ?? newView(view)]);
}

function drop(viewId) {
  setStack(stack.filter((each) => each.id !== viewId));
}

function setStack(next) {
  const before = stack.at(-1);
  stack = next;
  const top = stack.at(-1);
  if (!top) hide();
  else if (top !== before || !dialog) show(top);
}

function hide() {
  closePopover({ refocus: false });
  dialog?.remove();
  dialog = null;
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

function show(top) {
  closePopover({ refocus: false });
  opener ??= document.activeElement;
  dialog ??= mountDialog();
  dialog.replaceChildren(header(top), top.element);
  showTitle();
  top.focus();
}

function mountDialog() {
  const mounted = h("dialog.modal", {
    aria: { labelledby: uniqueId("modal-title"), modal: true },
    oncancel: (event) => {
      event.preventDefault(); // the app may want to know: close() tells it
      close(stack.at(-1));
    },
    onkeydown: submitOnCtrlEnter,
  });
  document.body.append(mounted);
  mounted.showModal();
  return mounted;
}

function header(top) {
  const isPushed = stack.length > 1;
  return h(
    "header.modal-header",
    {},
    isPushed &&
      h(
        "button.icon-button",
        { type: "button", aria: { label: "Back" }, onclick: () => close(top) },
        icon("back"),
      ),
    h("h2.modal-title", { id: dialog.getAttribute("aria-labelledby") }),
    h("button.icon-button", { type: "button", aria: { label: "Close" }, onclick: closeAll }, icon("close")),
  );
}

function showTitle() {
  const title = dialog?.querySelector(".modal-title");
  if (title) title.replaceChildren(...stack.at(-1).titleNodes());
}

function submitOnCtrlEnter(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(stack.at(-1));
}

async function close(view) {
  drop(view.id);
  if (!view.send) await api.closeView(view.id).catch(toastError);
}

async function closeAll() {
  const [top, isStacked] = [stack.at(-1), stack.length > 1];
  setStack([]);
  if (!top.send) await api.closeView(top.id, isStacked).catch(toastError);
}

async function submit(view) {
  if (!view.view.submit || view.isBusy) return;
  view.setBusy(true);
  try {
    const state = view.surface.state();
    answer(view, await (view.send ? view.send(state) : api.submitView(view.id, state)));
  } catch (error) {
    if (error.code === "no_such_view") drop(view.id);
    view.fail(error.message);
  } finally {
    view.setBusy(false);
  }
}

/** The stream of events brings updates and pushes; here only errors and a plain close are left to do. */
function answer(view, { ack = {}, response_action: action, errors }) {
  if (errors && Object.keys(errors).length) {
    if (!view.showErrors(errors)) toast(Object.values(errors).join(" "), "error");
  } else if (ack.status && ack.status !== "acked") view.fail("We had some trouble connecting. Try again?");
  else if (action === "clear") setStack([]);
  else if (!action) drop(view.id);
}
