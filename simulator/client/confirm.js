// Block Kit's confirm object: asked before the action is sent.

import { h, uniqueId } from "./dom.js";
import { textNodes } from "./blocks/text.js";

/** Resolves to true when the person goes ahead. */
export function confirmWith({ title, text, confirm, deny, style }) {
  const titleId = uniqueId("title");
  const dialog = h(
    "dialog.dialog.confirm",
    { role: "alertdialog", aria: { labelledby: titleId } },
    h("h2.dialog-title", { id: titleId }, textNodes(title)),
    h("div.dialog-body", {}, textNodes(text)),
    h(
      "form.dialog-actions",
      { method: "dialog" },
      h("button.button", { value: "deny" }, textNodes(deny) ?? "Cancel"),
      h(
        "button.button",
        { value: "confirm", autofocus: true, class: style === "danger" ? "is-danger" : "is-primary" },
        textNodes(confirm),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "confirm");
    });
  });
}
