// What stands between the person and the app, said once at the top.

import { installLink } from "./about.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { on, store } from "./store.js";

export function banner() {
  const element = h("div.banner", { role: "status", dataset: { testid: "banner" } });
  const show = () => {
    const content = message();
    element.hidden = !content;
    replace(element, content);
  };
  for (const topic of ["connection", "online", "workspace"]) on(topic, show);
  show();
  return element;
}

function message() {
  if (!store.online)
    return [
      icon("warning", 17),
      h("span", {}, h("strong", {}, "The workspace has gone away."), " Trying to reach it again…"),
    ];
  if (store.app && !store.app.installed) {
    return [
      h("span", {}, h("strong", {}, `${store.app.name} is not installed in this workspace.`)),
      store.app.install_url && installLink("Install it"),
    ];
  }
  if (store.app && !store.app.connected) {
    return [
      h("span.spinner", { aria: { hidden: true } }),
      h(
        "span",
        {},
        h("strong", {}, "Waiting for the app to connect…"),
        ` Commands and buttons will work as soon as ${store.app.name} is running.`,
      ),
    ];
  }
  return null;
}
