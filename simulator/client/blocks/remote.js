// What an external menu offers: the app is asked when it is opened, and again while somebody types.

import { api } from "../api.js";
import { h } from "../dom.js";
import { settlePopover } from "../popover.js";
import { store } from "../store.js";
import { staticOptions } from "./sources.js";

const PAUSE = 200; // ms after the last letter
const LETTERS_FIRST = 3; // where the menu does not say

/** load: asks the app for what the search box says. show: the options it offered last, once more. */
export function remoteOptions({ context, item }, search, list, showAll) {
  let offered = [];
  let latest = 0;
  let timer = 0;
  const least = item.min_query_length ?? LETTERS_FIRST;

  const say = (...content) => {
    list.note(...content);
    settlePopover();
  };
  const fail = (reason) =>
    say(
      h("p.listbox-reason", {}, reason),
      h("button.button", { type: "button", onclick: () => ask() }, "Try again"),
    );

  async function ask() {
    latest += 1;
    const mine = latest;
    waiting(list, offered.length, say);
    const { surface, blockId } = context.slot;
    const wanted = { container: surface.container, block_id: blockId, action_id: item.action_id };
    const answer = await api.options({ ...wanted, query: search.value }).catch((error) => ({ error }));
    if (mine !== latest || !list.element.isConnected) return;
    list.element.classList.remove("is-loading");
    if (answer.error) fail(answer.error.message);
    else if (answer.ack.status !== "acked") fail(couldNot(answer.ack));
    else show(staticOptions(answer));
  }

  function show(options = offered) {
    offered = options;
    showAll(offered);
    settlePopover();
  }

  function load() {
    clearTimeout(timer);
    latest += 1; // whatever is under way is for other letters
    if (search.value.length < least) {
      offered = [];
      const letters = least === 1 ? "a letter" : `${least} letters`;
      say(`Type ${letters} to see what there is`);
      return;
    }
    if (!offered.length && !search.value) ask();
    else timer = setTimeout(ask, PAUSE);
  }

  return { load, show: () => show() };
}

/** The options of before stay while others are looked for, so that the list does not flicker. */
function waiting(list, hasOptions, say) {
  if (!hasOptions) say(h("span.spinner"), " Loading …");
  list.element.classList.add("is-loading");
}

function couldNot(ack) {
  const why = {
    operation_timeout: "took too long to answer",
    invalid_options: `offered options that Slack would not take: ${ack.messages?.[0]}`,
  };
  return `Couldn’t load the options. ${store.app.name} ${why[ack.error] ?? `didn’t answer (${ack.error})`}.`;
}
