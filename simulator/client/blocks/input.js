// The input block: label, element, hint and the place for its error.

import { h, uniqueId } from "../dom.js";
import { icon } from "../icons.js";
import { element } from "./elements.js";
import { textNodes } from "./text.js";

const TYPED = new Set([
  "datepicker",
  "datetimepicker",
  "email_text_input",
  "number_input",
  "plain_text_input",
  "rich_text_input",
  "timepicker",
  "url_text_input",
]);

export function inputBlock(block, slot) {
  const ids = {
    labelId: uniqueId("label"),
    inputId: uniqueId("input"),
    hintId: uniqueId("hint"),
    errorId: uniqueId("error"),
  };
  const context = {
    slot,
    dispatches: Boolean(block.dispatch_action),
    ...ids,
    describedBy: `${ids.hintId} ${ids.errorId}`,
  };
  const corrected = ({ currentTarget }) => setError(currentTarget, null);
  return h(
    "div.field-block",
    { oninput: corrected, onchange: corrected },
    label(block, ids),
    element(block.element, context),
    block.hint && h("div.field-hint", { id: ids.hintId }, textNodes(block.hint)),
    h("div.field-error", { id: ids.errorId, hidden: true }),
  );
}

function label(block, { labelId, inputId }) {
  const isTyped = TYPED.has(block.element.type);
  return h(
    isTyped ? "label.field-label" : "div.field-label",
    { id: labelId, for: isTyped ? inputId : null },
    textNodes(block.label),
    block.optional && h("span.field-optional", {}, " (optional)"),
  );
}

const CONTROLS = "input, textarea, button";

/** errors: {block_id: message}. Shows them under their fields, clears the others; true if any was shown. */
export function showErrors(root, errors) {
  let first = null;
  for (const field of root.querySelectorAll(".field-block")) {
    const message = errors[field.dataset.blockId];
    setError(field, message);
    if (message) first ??= field;
  }
  first?.querySelector(CONTROLS)?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: "center", behavior: "smooth" });
  return Boolean(first);
}

function setError(field, message) {
  const place = field.querySelector(".field-error");
  place.hidden = !message;
  place.replaceChildren();
  if (message) place.append(icon("warning", 15), h("span", {}, message));
  field.classList.toggle("has-error", Boolean(message));
  for (const control of field.querySelectorAll(CONTROLS)) {
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}
