// Buttons and menus of attachments, as the block elements that Slack later made of them.
// https://docs.slack.dev/legacy/legacy-messaging/legacy-interactive-message-field-guide

const MENUS = {
  static: ["static_select", "initial_option"],
  external: ["external_select", "initial_option"],
  users: ["users_select", "initial_user"],
  channels: ["channels_select", "initial_channel"],
  conversations: ["conversations_select", "initial_conversation"],
};
const LETTERS_FIRST = 1;

export function actionsOf({ actions }) {
  return { type: "actions", block_id: "actions", elements: actions.map(elementOf) };
}

function elementOf(action) {
  const common = { action_id: action.id, confirm: action.confirm && confirmOf(action.confirm) };
  return { ...common, ...(action.type === "select" ? menu(action) : button(action)) };
}

function button({ text, value, style, url }) {
  return { type: url ? "link_button" : "button", text: plain(text), value, style, url };
}

function menu({ data_source: source = "static", text, selected_options: selected, ...action }) {
  const [type, initial] = MENUS[source];
  const chosen = selected?.[0];
  return {
    type,
    placeholder: plain(text),
    min_query_length: action.min_query_length ?? LETTERS_FIRST,
    [initial]: chosen && (initial === "initial_option" ? option(chosen) : chosen.value),
    ...optionsOf(action),
  };
}

function optionsOf({ options = [], option_groups: groups }) {
  if (!groups?.length) return { options: options.map(option) };
  return { option_groups: groups.map((each) => ({ label: plain(each.text), options: each.options.map(option) })) };
}

function option({ text, value, description }) {
  return { text: plain(text ?? value), value, description: description && plain(description) };
}

function confirmOf({ title = "Are you sure?", text, ok_text: ok = "Okay", dismiss_text: dismiss = "Cancel" }) {
  return { title: plain(title), text: plain(text), confirm: plain(ok), deny: plain(dismiss) };
}

function plain(text) {
  return { type: "plain_text", text };
}
