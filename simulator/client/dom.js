// The only way this client makes elements. Data becomes text nodes and attributes, never markup.

const PROPERTIES = new Set([
  "value",
  "checked",
  "disabled",
  "hidden",
  "tabIndex",
  "textContent",
  "selected",
  "indeterminate",
]);

/**
 * h("button.primary", {type: "button", onclick, aria: {label: "Send"}, dataset: {ts}}, "Send")
 * Null, undefined and false props or children are left out.
 */
export function h(selector, props = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(props ?? {})) setProp(element, name, value);
  append(element, children);
  return element;
}

function setProp(element, name, value) {
  if (value === null || value === undefined) return;
  if (name === "class") element.classList.add(...value.split(" ").filter(Boolean));
  else if (name === "dataset") Object.assign(element.dataset, defined(value));
  else if (name === "aria") setAria(element, value);
  else if (name === "style") setStyle(element, value);
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else if (value === true) element.setAttribute(name, "");
  else if (value !== false) element.setAttribute(name, String(value));
}

function defined(object) {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== null && value !== undefined),
  );
}

function setAria(element, attributes) {
  for (const [name, value] of Object.entries(defined(attributes)))
    element.setAttribute(`aria-${name}`, String(value));
}

// Through the CSSOM: the page's Content-Security-Policy refuses style attributes.
function setStyle(element, styles) {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value);
}

export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
  return parent;
}

export function replace(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

let lastId = 0;

/** An id for aria references, unique in this page. */
export function uniqueId(prefix = "id") {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

export const isPhone = () => matchMedia("(max-width: 720px)").matches;

/** Makes `nodes` the children of `root`, touching only those out of place: what stays keeps focus and scroll. */
export function arrange(root, nodes) {
  const keep = new Set(nodes);
  for (const node of [...root.children]) if (!keep.has(node)) node.remove();
  nodes.forEach((node, index) => {
    if (root.children[index] !== node) root.insertBefore(node, root.children[index] ?? null);
  });
}
