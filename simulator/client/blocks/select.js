// Menus with a search box: one choice (select) or several (multiSelect).

import { h, replace, uniqueId } from "../dom.js";
import { icon } from "../icons.js";
import { Listbox } from "../listbox.js";
import { closePopover, openPopover, settlePopover } from "../popover.js";
import { store } from "../store.js";
import { dispatch } from "./dispatch.js";
import { remoteOptions } from "./remote.js";
import { sourceOf } from "./sources.js";

const SEARCH_FROM = 8; // a shorter list is read faster than searched

export function select(item, context) {
  const source = sourceOf(item);
  const { surface, blockId } = context.slot;
  const initial = item[source.initial] ?? currentConversation(item, source) ?? null;
  let chosen = surface.keep(blockId, item, { [source.field]: initial })[source.field];
  const value = h("span.select-value", { id: uniqueId("value") });
  const show = () => showOne(value, optionOf(source, chosen), item);
  const change = (option) => {
    chosen = option.value;
    surface.put(context.slot.blockId, item, { [source.field]: chosen });
    show();
    trigger.dispatchEvent(new Event("change", { bubbles: true }));
    if (context.dispatches) dispatch(trigger, context, item, { [source.field]: chosen });
  };
  const trigger = triggerButton(item, context, value, () =>
    pickOne(trigger, source, context, item, () => chosen, change),
  );
  show();
  return trigger;
}

function currentConversation(item, source) {
  const here = item.default_to_current_conversation && store.place?.id;
  return source.options.some((option) => option.id === here) ? here : null;
}

function optionOf(source, value) {
  const id = source.read(value);
  if (id === null || id === undefined) return null;
  const known = source.options.find((option) => option.id === id);
  return known ?? source.shown?.(value) ?? { id, label: String(id), value };
}

function showOne(node, option, item) {
  node.classList.toggle("is-placeholder", !option);
  replace(node, option ? [option.mark?.(), option.label] : (item.placeholder?.text ?? "Select an item"));
}

function triggerButton(item, { inputId, labelId, label, describedBy }, value, openIt) {
  const trigger = h(
    "button.select",
    {
      type: "button",
      id: inputId,
      onclick: openIt,
      aria: {
        haspopup: "listbox",
        expanded: false,
        labelledby: labelId ? `${labelId} ${value.id}` : null,
        describedby: describedBy,
      },
    },
    !labelId && label && h("span.visually-hidden", {}, `${label}: `),
    value,
    icon("chevron", 16),
  );
  trigger.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    openIt();
  });
  return trigger;
}

function pickOne(trigger, source, context, item, chosen, change) {
  const list = new Listbox({
    label: "Options",
    onpick: (option) => {
      closePopover();
      change(option);
    },
  });
  openList(trigger, source, list, (option) => option.id === source.read(chosen()), { context, item });
}

/** Opens the panel: a search box (or the bare list) that has the focus and drives the listbox. */
function openList(trigger, source, list, isChosen, asked) {
  const search = h("input.select-search", {
    type: "text",
    role: "combobox",
    placeholder: "Search",
    autocomplete: "off",
    aria: { label: "Search options", expanded: true, haspopup: "listbox" },
    class: !source.remote && source.options.length < SEARCH_FROM ? "visually-hidden" : "",
  });
  list.drive(search);
  const showAll = (options) => {
    const found = options.map((option) => ({ ...option, selected: isChosen(option) }));
    list.show(found, {
      active: Math.max(
        0,
        found.findIndex((option) => option.selected),
      ),
    });
  };
  const remote = source.remote && remoteOptions(asked, search, list, showAll);
  const show = remote ? remote.show : () => showAll(matching(source.options, search.value));
  search.addEventListener("input", remote ? remote.load : show);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Tab") closePopover();
    else list.key(event);
  });
  if (
    !openPopover(trigger, h("div.select-panel", {}, search, list.element), {
      matchWidth: true,
      className: "select-popover",
    })
  )
    return null;
  if (remote) remote.load();
  else show();
  settlePopover();
  search.focus();
  return { refresh: () => keepingPlace(list, show) };
}

function keepingPlace(list, show) {
  const {
    active,
    element: { scrollTop },
  } = list;
  show();
  list.activate(active, { scroll: false });
  list.element.scrollTop = scrollTop;
  settlePopover();
}

function matching(options, query) {
  const wanted = query.trim().replace(/^[#@]/, "").toLowerCase();
  if (!wanted) return options;
  return options.filter((option) => (option.search ?? option.label).toLowerCase().includes(wanted));
}

export function multiSelect(item, context) {
  const source = sourceOf(item);
  const { surface, blockId } = context.slot;
  const [field, initial] = [`${source.field}s`, `${source.initial}s`];
  let chosen = surface.keep(blockId, item, { [field]: item[initial] ?? [] })[field];
  const chips = h("div.chips");
  const value = h("span.select-value.is-placeholder", { id: uniqueId("value") });
  const ids = () => chosen.map((each) => source.read(each));
  const change = (next) => {
    chosen = next;
    surface.put(context.slot.blockId, item, { [field]: chosen });
    show();
    trigger.dispatchEvent(new Event("change", { bubbles: true }));
    if (context.dispatches) dispatch(root, context, item, { [field]: chosen });
  };
  const remove = (id) => change(chosen.filter((each) => source.read(each) !== id));
  const toggle = (option) =>
    ids().includes(option.id) ? remove(option.id) : change([...chosen, option.value]);
  const show = () => {
    replace(
      chips,
      ...chosen.map((each) =>
        chip(optionOf(source, each), (id) => {
          remove(id);
          trigger.focus();
        }),
      ),
    );
    value.textContent = chosen.length ? "Add another" : (item.placeholder?.text ?? "Select options");
  };
  const trigger = triggerButton(item, context, value, () =>
    pickSeveral(trigger, source, context, item, ids, toggle),
  );
  const root = h("div.multi-select", {}, chips, trigger);
  show();
  return root;
}

function chip(option, onremove) {
  return h(
    "span.chip",
    { dataset: { value: option.id } },
    h("span.chip-label", {}, option.mark?.(), option.label),
    h(
      "button.chip-remove",
      { type: "button", aria: { label: `Remove ${option.label}` }, onclick: () => onremove(option.id) },
      icon("close", 13),
    ),
  );
}

function pickSeveral(trigger, source, context, item, ids, toggle) {
  const limit = item.max_selected_items ?? Infinity;
  let panel = null;
  const list = new Listbox({
    label: "Options",
    multiple: true,
    onpick: (option) => {
      if (!ids().includes(option.id) && ids().length >= limit) return;
      toggle(option);
      panel?.refresh();
    },
  });
  panel = openList(trigger, source, list, (option) => ids().includes(option.id), { context, item });
}
