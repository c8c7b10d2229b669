// Checkboxes and radio buttons: native inputs, with Slack's descriptions.

import { h, uniqueId } from "../dom.js";
import { dispatch } from "./dispatch.js";
import { textNodes } from "./text.js";

const same = (a, b) => a?.value === b?.value;

export function checkboxes(item, context) {
  const { surface, blockId } = context.slot;
  let chosen = surface.keep(blockId, item, { selected_options: item.initial_options ?? [] }).selected_options;
  return group("group", item, context, (option) =>
    choice("checkbox", option, {
      checked: chosen.some((each) => same(each, option)),
      onchange: ({ target }) => {
        const others = chosen.filter((each) => !same(each, option));
        chosen = item.options.filter((each) =>
          same(each, option) ? target.checked : others.some((other) => same(other, each)),
        );
        changed(target, context, item, { selected_options: chosen });
      },
    }),
  );
}

export function radioButtons(item, context) {
  const { surface, blockId } = context.slot;
  const chosen = surface.keep(blockId, item, {
    selected_option: item.initial_option ?? null,
  }).selected_option;
  const name = uniqueId("radio");
  return group("radiogroup", item, context, (option) =>
    choice("radio", option, {
      name,
      checked: same(chosen, option),
      onchange: ({ target }) => changed(target, context, item, { selected_option: option }),
    }),
  );
}

function group(role, item, { labelId, label, describedBy }, renderOption) {
  return h(
    "div.choices",
    { role, aria: { labelledby: labelId, label: labelId ? null : label, describedby: describedBy } },
    item.options.map(renderOption),
  );
}

function choice(type, option, { checked, name, onchange }) {
  const hintId = option.description ? uniqueId("hint") : null;
  return h(
    "label.choice",
    {},
    h("input", { type, name, checked, value: option.value, onchange, aria: { describedby: hintId } }),
    h(
      "span.choice-text",
      {},
      h("span.choice-label", {}, textNodes(option.text)),
      option.description && h("span.choice-hint", { id: hintId }, textNodes(option.description)),
    ),
  );
}

function changed(target, context, item, value) {
  const { surface, blockId } = context.slot;
  surface.put(blockId, item, value);
  if (context.dispatches) dispatch(target.closest(".choices"), context, item, value);
}
