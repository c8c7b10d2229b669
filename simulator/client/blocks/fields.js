// Typed inputs: text, numbers, dates.

import { h } from "../dom.js";
import { dispatch } from "./dispatch.js";

// A dialog's `subtype`: which keys a phone shows.
const KEYBOARDS = { email: "email", number: "decimal", tel: "tel", url: "url" };

export function textInput(item, context) {
  const { surface, blockId } = context.slot;
  const { value } = surface.keep(blockId, item, { value: item.initial_value ?? null });
  const input = item.multiline ? area(value) : h("input.field", { type: "text", inputmode: KEYBOARDS[item.subtype], value: value ?? "" });
  wire(input, item, context);
  if (item.focus_on_load) input.dataset.focusOnLoad = "";
  return item.max_length ? withCounter(input, item.max_length) : input;
}

function area(value) {
  const input = h("textarea.field", { rows: 4, value: value ?? "" });
  input.addEventListener("input", () => fit(input));
  return input;
}

function fit(input) {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight + 2, 360)}px`;
}

/** Slack shows what is left when little is; the limit itself is checked on submit, so pasting is never cut short. */
function withCounter(input, limit) {
  const counter = h("span.field-counter", { aria: { hidden: true } });
  const show = () => {
    const left = limit - [...input.value].length;
    counter.textContent = left <= Math.max(10, limit * 0.1) ? String(left) : "";
    counter.classList.toggle("is-over", left < 0);
  };
  input.addEventListener("input", show);
  show();
  return h("div.field-with-counter", {}, input, counter);
}

export function numberInput(item, context) {
  const { surface, blockId } = context.slot;
  const { value } = surface.keep(blockId, item, { value: item.initial_value ?? null });
  // type=text: a native number input hides what people typed when it is no number, and so the reason it is refused
  const input = h("input.field.is-number", {
    type: "text",
    inputmode: item.is_decimal_allowed ? "decimal" : "numeric",
    value: value ?? "",
  });
  wire(input, item, context);
  input.addEventListener("keydown", (event) => step(event, item));
  return input;
}

function step(event, item) {
  const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const input = event.target;
  const number = Number(input.value || 0);
  if (!direction || Number.isNaN(number)) return;
  event.preventDefault();
  const [low, high] = [Number(item.min_value ?? -Infinity), Number(item.max_value ?? Infinity)];
  input.value = String(Math.max(low, Math.min(high, number + direction)));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

const same = (value) => value || null;

export const datePicker = picker("date", "selected_date", "initial_date");
export const timePicker = picker("time", "selected_time", "initial_time");
export const dateTimePicker = picker(
  "datetime-local",
  "selected_date_time",
  "initial_date_time",
  (seconds) => seconds && localTime(new Date(seconds * 1000)),
  (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null),
);

function picker(type, field, initial, show = same, read = same) {
  return (item, context) => {
    const { surface, blockId } = context.slot;
    const kept = surface.keep(blockId, item, { [field]: item[initial] ?? null });
    const input = h("input.field", { type, value: show(kept[field]) ?? "", ...naming(item, context) });
    input.addEventListener("change", () => {
      const value = { [field]: read(input.value) };
      surface.put(context.slot.blockId, item, value);
      if (context.dispatches && value[field]) dispatch(input, context, item, value);
    });
    return h("div.date-field", {}, input);
  };
}

function localTime(date) {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function naming(item, { inputId, labelId, label, describedBy }) {
  const name = labelId ? null : label || item.placeholder?.text;
  return {
    id: inputId,
    placeholder: item.placeholder?.text,
    aria: { label: name, describedby: describedBy },
  };
}

/** Typed as plain lines; what is sent is rich text. */
export function richTextInput(item, context) {
  const { surface, blockId } = context.slot;
  const kept = surface.keep(blockId, item, { rich_text_value: item.initial_value ?? null });
  const input = area(plainText(kept.rich_text_value));
  const { id, placeholder, aria } = naming(item, context);
  Object.assign(input, { id: id ?? "", placeholder: placeholder ?? "" });
  if (aria.label) input.setAttribute("aria-label", aria.label);
  const put = () =>
    surface.put(context.slot.blockId, item, { rich_text_value: input.value ? richText(input.value) : null });
  input.addEventListener("input", put);
  return input;
}

function richText(text) {
  return {
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }],
  };
}

function plainText(value) {
  const words = (part) => part.text ?? (part.elements ?? []).map(words).join("");
  return value ? words(value) : "";
}

function wire(input, item, context) {
  const { surface } = context.slot;
  const { id, placeholder, aria } = naming(item, context);
  if (id) input.id = id;
  if (placeholder) input.placeholder = placeholder;
  if (aria.label) input.setAttribute("aria-label", aria.label);
  if (aria.describedby) input.setAttribute("aria-describedby", aria.describedby);
  input.autocomplete = "off";
  input.addEventListener("input", () =>
    surface.put(context.slot.blockId, item, { value: input.value || null }),
  );
  if (context.dispatches) sendWhile(input, item, context);
}

function sendWhile(input, item, context) {
  const when = item.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const send = () => dispatch(input, context, item, { value: input.value });
  if (when.includes("on_character_entered")) input.addEventListener("input", send);
  if (when.includes("on_enter_pressed")) {
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || (item.multiline && event.shiftKey)) return;
      event.preventDefault();
      send();
    });
  }
}
