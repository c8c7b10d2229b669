// Interactive elements by type: https://docs.slack.dev/reference/block-kit/block-elements

import { h } from "../dom.js";
import { button, feedbackButtons, iconButton, linkButton, workflowButton } from "./button.js";
import { fileInput } from "./file_input.js";
import { checkboxes, radioButtons } from "./choices.js";
import { overflow } from "./overflow.js";
import { multiSelect, select } from "./select.js";
import { datePicker, dateTimePicker, numberInput, richTextInput, textInput, timePicker } from "./fields.js";

const RENDERERS = {
  button,
  checkboxes,
  datepicker: datePicker,
  datetimepicker: dateTimePicker,
  email_text_input: textInput,
  file_input: fileInput,
  feedback_buttons: feedbackButtons,
  icon_button: iconButton,
  link_button: linkButton,
  number_input: numberInput,
  overflow,
  plain_text_input: textInput,
  radio_buttons: radioButtons,
  rich_text_input: richTextInput,
  timepicker: timePicker,
  url_text_input: textInput,
  workflow_button: workflowButton,
};

/**
 * context: {slot, dispatches, label?, labelId?, describedBy?, inputId?}. `dispatches`: a change is sent to the app as
 * block_actions. The node carries data-action-id.
 */
export function element(item, context) {
  const node = rendererOf(item.type)(item, context);
  node.dataset.actionId = item.action_id ?? "";
  return node;
}

function rendererOf(type) {
  if (type in RENDERERS) return RENDERERS[type];
  if (/^multi_\w+_select$/.test(type)) return multiSelect;
  return /_select$/.test(type) ? select : unsupported;
}

function unsupported(item) {
  return h("span.block-unsupported", {}, `This client can’t show a “${item.type}” element.`);
}
