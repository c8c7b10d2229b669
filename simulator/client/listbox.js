// A keyboard-driven list of options, driven from an input (combobox) or from itself (menu).

import { h, replace, uniqueId } from "./dom.js";

/**
 * options: [{id, label, content?, group?, selected?, disabled?, value}]
 * onpick(option) is called for a click or Enter. The input given to `drive` keeps the focus.
 */
export class Listbox {
  constructor({ label, onpick, multiple = false, empty = "Nothing matches" }) {
    this.onpick = onpick;
    this.empty = empty;
    this.multiple = multiple;
    this.options = [];
    this.active = -1;
    this.element = h("div.listbox", {
      role: "listbox",
      id: uniqueId("listbox"),
      aria: { label, multiselectable: multiple || null },
      onmousedown: (event) => event.preventDefault(), // the input keeps its focus and selection
      onclick: (event) => this.#clicked(event),
      onmousemove: (event) => this.#hovered(event),
    });
  }

  show(options, { active = 0 } = {}) {
    this.options = options;
    replace(this.element, ...this.#children());
    this.activate(options.length ? Math.min(active, options.length - 1) : -1, { scroll: false });
    this.element.scrollTop = 0;
    if (active > 0) this.#scrollToActive();
  }

  #children() {
    if (!this.options.length) return [h("div.listbox-empty", {}, this.empty)];
    let group;
    return this.options.flatMap((option, index) => {
      const heading =
        option.group && option.group !== group
          ? [h("div.listbox-group", { role: "presentation" }, option.group)]
          : [];
      group = option.group;
      return [...heading, this.#option(option, index)];
    });
  }

  #option(option, index) {
    return h(
      "div.option",
      {
        role: "option",
        id: `${this.element.id}-${index}`,
        dataset: { index, value: option.id },
        aria: { selected: Boolean(option.selected), disabled: option.disabled || null },
      },
      option.content ?? h("span.option-label", {}, option.label),
    );
  }

  /** Says something in place of options: that they are being loaded, or why there are none. */
  note(...content) {
    this.options = [];
    replace(this.element, h("div.listbox-empty", { role: "status" }, ...content));
    this.activate(-1, { scroll: false });
  }

  activate(index, { scroll = true } = {}) {
    this.active = index;
    for (const node of this.element.querySelectorAll(".option")) {
      node.classList.toggle("is-active", Number(node.dataset.index) === index);
    }
    this.input?.setAttribute("aria-activedescendant", index < 0 ? "" : `${this.element.id}-${index}`);
    if (scroll) this.#scrollToActive();
  }

  #scrollToActive() {
    this.element.querySelector(".is-active")?.scrollIntoView({ block: "nearest" });
  }

  pick(index = this.active) {
    const option = this.options[index];
    if (!option || option.disabled) return false;
    this.onpick(option);
    return true;
  }

  /** Arrow keys, Home/End, Enter. True when the key was for the list. */
  key(event) {
    const last = this.options.length - 1;
    const moves = {
      ArrowDown: this.active >= last ? 0 : this.active + 1,
      ArrowUp: this.active <= 0 ? last : this.active - 1,
      PageDown: Math.min(this.active + 8, last),
      PageUp: Math.max(this.active - 8, 0),
    };
    if (event.isComposing) return false;
    if (event.key in moves && last >= 0) this.activate(moves[event.key]);
    else if (event.key !== "Enter" || !this.pick()) return false;
    event.preventDefault();
    return true;
  }

  drive(input) {
    this.input = input;
    input.setAttribute("aria-controls", this.element.id);
    input.setAttribute("aria-autocomplete", "list");
  }

  #indexOf(event) {
    const node = event.target.closest(".option");
    return node ? Number(node.dataset.index) : -1;
  }

  #clicked(event) {
    const index = this.#indexOf(event);
    if (index >= 0) this.pick(index);
  }

  // mousemove, not mouseover: a list that scrolls under a resting pointer must not steal the choice
  #hovered(event) {
    const index = this.#indexOf(event);
    if (index >= 0 && index !== this.active) this.activate(index, { scroll: false });
  }
}
