// The app's custom steps: run from here as a workflow would run them, and how their runs went.

import { api } from "./api.js";
import { h, replace } from "./dom.js";
import { openForm } from "./modal.js";
import { channel, displayName, emit, on, store, titleOf, user } from "./store.js";
import { toastError } from "./toast.js";

const SHOWN = 10;
const STATES = { running: "In progress", completed: "Completed", failed: "Failed" };

/** For the About tab; empty for an app that has none. */
export function steps() {
  const { functions } = store.app;
  if (!functions.length) return null;
  const runs = h("div.step-runs");
  const load = latestRuns(runs);
  load();
  const stop = on("function", () => (runs.isConnected ? load() : stop()));
  return h(
    "section.about-steps",
    {},
    h("h3", {}, "Workflow steps"),
    h("ul.step-list", {}, functions.map(step)),
    runs,
  );
}

function step(known) {
  return h(
    "li.step",
    { dataset: { callbackId: known.callback_id } },
    h("div", {}, h("strong", {}, known.title), h("p.muted", {}, known.description)),
    h(
      "button.button.small",
      { type: "button", aria: { label: `Run ${known.title}` }, onclick: ({ currentTarget }) => ask(known, currentTarget) },
      "Run",
    ),
  );
}

async function ask(known, button) {
  button.disabled = true;
  try {
    const { view } = await api.stepForm(known.callback_id);
    openForm(view, (state) => run(known, state));
  } catch (error) {
    toastError(error);
  } finally {
    button.disabled = false;
  }
}

/** What is wrong with the form, or nothing once the step runs. */
async function run(known, { values }) {
  const inputs = {};
  const errors = {};
  for (const { name, is_required: isRequired } of known.inputs) {
    const value = valueOf(values[name]?.value);
    if (value !== null && value !== "") inputs[name] = value;
    else if (isRequired && values[name]) errors[name] = "Please complete this required field.";
  }
  if (Object.keys(errors).length) return { errors };
  const { ack } = await api.runStep(known.callback_id, inputs);
  if (ack.status !== "acked")
    emit("toast", { level: "error", text: `${store.app.name} did not take the step (${ack.error}).` });
  emit("function");
  return {};
}

function valueOf(held = {}) {
  const { type: _, selected_option: option, ...fields } = held;
  return option?.value ?? Object.values(fields).find((each) => each !== null && each !== undefined) ?? null;
}

/** A function that shows them in `place`. Of several answers that are under way only the last one is news. */
function latestRuns(place) {
  let asked = 0;
  return async () => {
    asked += 1;
    const mine = asked;
    const { runs } = await api.stepRuns().catch(() => ({ runs: [] }));
    if (mine === asked && runs.length)
      replace(place, h("h3", {}, "Latest runs"), h("ul.step-list", {}, runs.slice(0, SHOWN).map(shown)));
  };
}

function shown(known) {
  return h(
    "li.step-run",
    { dataset: { state: known.state } },
    h("span.step-state", {}, STATES[known.state]),
    h("div", {}, h("strong", {}, known.title), h("p.muted", {}, resultOf(known))),
  );
}

function resultOf({ state, outputs, error }) {
  if (state === "failed") return error;
  const named = Object.entries(outputs).map(([name, value]) => `${name}: ${shownValue(value)}`);
  return named.join(", ") || (state === "completed" ? "No outputs." : "");
}

/** People and channels by name, as far as they are known. */
function shownValue(value) {
  if (typeof value !== "string") return JSON.stringify(value);
  if (user(value)) return displayName(user(value));
  return channel(value) ? titleOf(channel(value)) : value;
}
