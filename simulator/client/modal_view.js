// One view of the modal stack: its blocks, what is typed in them, its buttons.

import { showBlocks } from "./blocks/index.js";
import { showErrors } from "./blocks/input.js";
import { Surface } from "./blocks/surface.js";
import { textNodes } from "./blocks/text.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

export class ModalView {
  constructor(view, { onsubmit, onclose, onretitle }) {
    this.onretitle = onretitle;
    this.surface = new Surface({ type: "view", view_id: view.id }, view.state?.values);
    this.body = h("div.modal-body.blocks");
    this.banner = h("div.modal-banner", { role: "alert", hidden: true });
    this.closeButton = h("button.button", { type: "button", onclick: () => onclose(this) });
    this.submitButton = h("button.button.is-primary", { type: "submit" });
    this.element = h(
      "form.modal-form",
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          onsubmit(this);
        },
      },
      this.banner,
      this.body,
      h("footer.modal-footer", {}, this.closeButton, this.submitButton),
    );
    this.update(view);
  }

  get id() {
    return this.view.id;
  }

  get isBusy() {
    return this.submitButton.getAttribute("aria-busy") === "true";
  }

  update(view) {
    this.view = view;
    this.element.dataset.viewId = view.id;
    this.banner.hidden = true;
    this.closeButton.replaceChildren(...this.#label(view.close, "Cancel"));
    this.submitButton.replaceChildren(...this.#label(view.submit, "Submit"));
    this.submitButton.hidden = !view.submit;
    showBlocks(this.body, view.blocks, this.surface);
    this.onretitle();
  }

  #label(object, fallback) {
    return [h("span.button-label", {}, object ? textNodes(object) : fallback)];
  }

  titleNodes() {
    return textNodes(this.view.title);
  }

  focus() {
    const wanted =
      this.body.querySelector("[data-focus-on-load]") ??
      this.body.querySelector("input, textarea, .select, .button");
    (wanted ?? (this.submitButton.hidden ? this.closeButton : this.submitButton)).focus({
      preventScroll: true,
    });
  }

  setBusy(busy) {
    this.submitButton.classList.toggle("is-pending", busy);
    this.submitButton.setAttribute("aria-busy", String(busy));
    this.element.classList.toggle("is-busy", busy);
    if (busy) this.banner.hidden = true;
  }

  showErrors(errors) {
    return showErrors(this.body, errors);
  }

  fail(message) {
    this.banner.replaceChildren(icon("warning"), h("span", {}, message));
    this.banner.hidden = false;
  }
}
