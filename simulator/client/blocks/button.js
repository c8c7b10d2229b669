import { h } from "../dom.js";
import { toast } from "../toast.js";
import { dispatch } from "./dispatch.js";
import { textNodes } from "./text.js";

const STYLES = { primary: "is-primary", danger: "is-danger" };

export function button(item, context) {
  const style = STYLES[item.style] ?? "";
  const press = ({ currentTarget }) => dispatch(currentTarget, context, item, { value: item.value });
  const common = { class: style, aria: { label: item.accessibility_label }, onclick: press };
  if (/^https?:/i.test(item.url ?? "")) return link(item, common);
  return h("button.button", { ...common, type: "button" }, label(item));
}

/** Of an attachment: it leads to a page, and the app hears nothing of it. */
export function linkButton(item) {
  return link(item, { class: STYLES[item.style] ?? "" });
}

function link(item, props) {
  return h("a.button", { ...props, href: item.url, target: "_blank", rel: "noopener noreferrer" }, label(item));
}

function label(item) {
  return h("span.button-label", {}, textNodes(item.text));
}

/** It would begin a workflow by a link; here there are only an app's own steps. */
export function workflowButton(item) {
  const style = STYLES[item.style] ?? "";
  const say = () => toast("This workspace runs no workflows. An app’s own steps are in its About tab.");
  return h(
    "button.button",
    { class: style, type: "button", aria: { label: item.accessibility_label }, onclick: say },
    label(item),
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
