import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";

const CHOICES = { system: ["contrast", "Like the system"], light: ["sun", "Light"], dark: ["moon", "Dark"] };

export function themeButton() {
  const button = h("button.icon-button", {
    type: "button",
    title: "Theme",
    aria: { haspopup: "menu", expanded: false },
    onclick: () => openMenu(button, items(show), { label: "Theme", placement: "top-end" }),
  });
  const show = () => {
    const [glyph, label] = CHOICES[window.theme.current()];
    button.replaceChildren(icon(glyph));
    button.setAttribute("aria-label", `Theme: ${label}`);
  };
  show();
  return button;
}

function items(show) {
  return window.theme.choices.map((theme) => ({
    label: CHOICES[theme][1],
    before: icon(CHOICES[theme][0]),
    checked: theme === window.theme.current(),
    onchoose: () => {
      window.theme.choose(theme);
      show();
    },
  }));
}
