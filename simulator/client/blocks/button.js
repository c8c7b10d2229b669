import { h } from "../dom.js";
import { toast } from "../toast.js";
import { dispatch } from "./dispatch.js";
import { textNodes } from "./text.js";

export function button(item, context) {
  const style = { primary: "is-primary", danger: "is-danger" }[item.style] ?? "";
  const press = ({ currentTarget }) => dispatch(currentTarget, context, item, { value: item.value });
  const common = { class: style, aria: { label: item.accessibility_label }, onclick: press };
  const label = h("span.button-label", {}, textNodes(item.text));
  if (/^https?:/i.test(item.url ?? "")) {
    return h("a.button", { ...common, href: item.url, target: "_blank", rel: "noopener noreferrer" }, label);
  }
  return h("button.button", { ...common, type: "button" }, label);
}

/** It would begin a workflow by a link; here there are only an app's own steps. */
export function workflowButton(item) {
  const style = { primary: "is-primary", danger: "is-danger" }[item.style] ?? "";
  const say = () => toast("This workspace runs no workflows. An app’s own steps are in its About tab.");
  return h(
    "button.button",
    { class: style, type: "button", aria: { label: item.accessibility_label }, onclick: say },
    h("span.button-label", {}, textNodes(item.text)),
  );
}

/** Two thumbs; the one that was pressed stays marked. */
export function feedbackButtons(item, context) {
  const thumb = ({ text, value, accessibility_label: label }, face) =>
    h(
      "button.button.feedback-button",
      {
        type: "button",
        title: text.text,
        aria: { label: label ?? text.text, pressed: false },
        onclick: async ({ currentTarget: pressed }) => {
          if (!(await dispatch(pressed, context, item, { value }))) return;
          for (const each of pressed.parentElement.querySelectorAll("button"))
            each.setAttribute("aria-pressed", String(each === pressed));
        },
      },
      face,
    );
  return h("span.feedback-buttons", {}, thumb(item.positive_button, "👍"), thumb(item.negative_button, "👎"));
}

export function iconButton(item, context) {
  const press = ({ currentTarget }) => dispatch(currentTarget, context, item, { value: item.value });
  const { text, accessibility_label: label } = item;
  return h(
    "button.button.feedback-button",
    { type: "button", title: text.text, aria: { label: label ?? text.text }, onclick: press },
    "🗑️",
  );
}
