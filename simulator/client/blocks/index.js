// Block Kit, one renderer a block type, updated in place.
// https://docs.slack.dev/reference/block-kit/blocks

import { arrange, h } from "../dom.js";
import { continueProgress } from "../progress.js";
import { alertBlock } from "./alert.js";
import { planBlock, taskCardBlock } from "./agent.js";
import { cardBlock, carouselBlock, containerBlock, videoBlock } from "./cards.js";
import { chartBlock } from "./chart.js";
import { dataTableBlock } from "./data_table.js";
import { actionsBlock, contextBlock, dividerBlock, headerBlock, imageBlock, sectionBlock } from "./layout.js";
import { inputBlock } from "./input.js";
import { markdownBlock } from "./markdown.js";
import { richTextBlock } from "./rich_text.js";
import { holdsState } from "./surface.js";
import { tableBlock } from "./table.js";

const RENDERERS = {
  actions: actionsBlock,
  alert: alertBlock,
  card: cardBlock,
  carousel: carouselBlock,
  container: (block, { surface }) => containerBlock(block, (root, blocks) => showInside(root, blocks, surface)),
  context: contextBlock,
  context_actions: actionsBlock,
  data_table: dataTableBlock,
  data_visualization: chartBlock,
  divider: dividerBlock,
  header: headerBlock,
  image: imageBlock,
  input: inputBlock,
  markdown: markdownBlock,
  plan: planBlock,
  rich_text: richTextBlock,
  section: sectionBlock,
  table: tableBlock,
  task_card: taskCardBlock,
  video: videoBlock,
};

// node → {print, slot}: what the node was made from
const made = new WeakMap();

function fingerprint({ block_id: _, ...content }) {
  return JSON.stringify(content);
}

function render(block, surface) {
  const slot = { surface, blockId: block.block_id };
  const renderer = RENDERERS[block.type] ?? unsupported;
  const node = renderer(block, slot);
  node.classList.add("block", `block-${block.type.replaceAll("_", "-")}`);
  node.dataset.blockId = block.block_id ?? "";
  made.set(node, { print: fingerprint(block), slot });
  return node;
}

function unsupported(block) {
  return h("div.block-unsupported", {}, `This client can’t show a “${block.type}” block.`);
}

/**
 * Makes `root` show `blocks`. Unchanged blocks keep their nodes (and so focus, selection, typed text). A changed
 * one is replaced in place, focus going to the same action and progress bars gliding on. Blocks without a block_id
 * of the app's own get a new one with every update; one that people type into and that changes its id starts
 * afresh, as in Slack.
 */
export function showBlocks(root, blocks, surface) {
  const before = [...root.children].filter((node) => made.has(node));
  const takeOld = matcher(before);
  const nodes = blocks.map((block, index) => reuse(takeOld(block, index), block, surface));
  surface.prune(blocks);
  arrange(root, nodes);
}

function showInside(root, blocks, surface) {
  root.append(...blocks.map((block) => render(block, surface)));
}

function matcher(before) {
  const free = new Set(before);
  const byId = new Map(before.map((node) => [node.dataset.blockId, node]));
  const take = (node) => (node && free.delete(node) ? node : null);
  return (block, index) => {
    const print = fingerprint(block);
    return (
      take(byId.get(block.block_id)) ??
      take(!holdsState(block) && before.find((node) => free.has(node) && made.get(node).print === print)) ??
      take(sameKind(before[index], block))
    );
  };
}

function sameKind(node, block) {
  return node?.classList.contains(`block-${block.type.replaceAll("_", "-")}`) ? node : null;
}

function reuse(old, block, surface) {
  if (!old) return render(block, surface);
  const { print, slot } = made.get(old);
  if (print !== fingerprint(block) || (holdsState(block) && slot.blockId !== block.block_id))
    return replaceBlock(old, render(block, surface));
  slot.blockId = block.block_id;
  old.dataset.blockId = block.block_id ?? "";
  return old;
}

function replaceBlock(old, fresh) {
  const focus = focusIn(old);
  old.replaceWith(fresh);
  continueProgress(old, fresh);
  focus?.(fresh);
  return fresh;
}

/** A function that gives the focus inside `old` to the same element of its replacement. */
function focusIn(old) {
  const focused = old.contains(document.activeElement) && document.activeElement;
  if (!focused) return null;
  const actionId = focused.closest("[data-action-id]")?.dataset.actionId;
  const caret = "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  return (fresh) => {
    const owner = actionId && fresh.querySelector(`[data-action-id="${CSS.escape(actionId)}"]`);
    const target = owner && (owner.matches(FOCUSABLE) ? owner : owner.querySelector(FOCUSABLE));
    target?.focus({ preventScroll: true });
    if (caret && target && "setSelectionRange" in target) trySelect(target, caret);
  };
}

const FOCUSABLE = "button, input, textarea, a[href]";

function trySelect(input, [start, end]) {
  if (start !== null && input.type !== "date") input.setSelectionRange(start, end);
}
