// Where blocks are shown (a message, a modal, App Home) and what people have typed or chosen there.

export class Surface {
  /**
   * container, as POST /sim/actions wants it:
   * {type: "message", channel, ts} | {type: "view", view_id} | {type: "home"}
   */
  constructor(container, values = {}) {
    this.container = container;
    this.values = new Map(
      Object.entries(values).map(([blockId, block]) => [blockId, new Map(Object.entries(block))]),
    );
  }

  get isView() {
    return this.container.type !== "message";
  }

  /** The value kept for an element, or `initial` if it is new here: an update keeps what people typed. */
  keep(blockId, element, initial) {
    const block = this.values.get(blockId) ?? new Map();
    this.values.set(blockId, block);
    const kept = block.get(element.action_id);
    if (kept && kept.type === element.type) return kept;
    const value = { type: element.type, ...initial };
    block.set(element.action_id, value);
    return value;
  }

  put(blockId, element, value) {
    const block = this.values.get(blockId) ?? new Map();
    this.values.set(blockId, block.set(element.action_id, { type: element.type, ...value }));
  }

  /** Forget what belongs to blocks and elements that are gone. */
  prune(blocks) {
    const alive = new Map(
      blocks.flatMap(withThoseInside).map((block) => [block.block_id, new Set(elementsOf(block).map((each) => each.action_id))]),
    );
    for (const [blockId, block] of this.values) {
      if (!alive.has(blockId)) this.values.delete(blockId);
      for (const actionId of block.keys()) if (!alive.get(blockId)?.has(actionId)) block.delete(actionId);
    }
  }

  state() {
    const entries = [...this.values].filter(([, block]) => block.size);
    return {
      values: Object.fromEntries(entries.map(([blockId, block]) => [blockId, Object.fromEntries(block)])),
    };
  }
}

const STATELESS = new Set(["button", "feedback_buttons", "icon_button", "link_button", "overflow", "image", "mrkdwn", "plain_text", "card", "workflow_button"]);

/** Whether people can enter something into this block. */
export function holdsState(block) {
  return withThoseInside(block).some((each) => elementsOf(each).some(({ type }) => !STATELESS.has(type)));
}

const withThoseInside = (block) => [block, ...(block.child_blocks ?? [])];

function elementsOf(block) {
  return [...(block.elements ?? []), block.element, block.accessory].filter(Boolean);
}
