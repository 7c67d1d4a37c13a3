/**
 * Makes a part of a page like another one, and touches only what differs: what
 * is open stays open, focus, scrolling and selected text stay where they are.
 *
 * @module
 */

/**
 * Makes the content of an element like that of another one.
 *
 * Children are matched by their `id` or `data-key`, the others by their order. Whether
 * `<details>` are open is the reader's choice and is kept.
 *
 * @param {Element} shown What the reader sees; changed.
 * @param {Element | DocumentFragment} wanted What it shall be; taken apart.
 */
export const morph = (shown, wanted) => {
  const focused = document.activeElement;
  morphChildren(shown, wanted);
  // What is moved loses the focus.
  if (focused instanceof HTMLElement && focused !== document.activeElement) {
    focused.focus({ preventScroll: true });
  }
};

/**
 * @param {Element} shown
 * @param {Element | DocumentFragment} wanted
 */
const morphChildren = (shown, wanted) => {
  const ids = new Set([...wanted.childNodes].map(idOf));
  /** @type {ChildNode | null} */
  let at = shown.firstChild;
  for (const next of [...wanted.childNodes]) {
    const match = matchOf(at, next);
    if (match === null) {
      shown.insertBefore(next, at);
      continue;
    }
    // Taking away what is left over moves nothing, so it is tried first.
    while (at !== match && !isWanted(at, ids)) at = removed(at);
    if (at !== match) shown.insertBefore(match, at);
    else at = match.nextSibling;
    update(match, next);
  }
  while (at !== null) at = removed(at);
};

/**
 * Whether a node will be met by its id.
 *
 * @param {ChildNode | null} node
 * @param {ReadonlySet<string | undefined>} ids
 */
const isWanted = (node, ids) => {
  const id = node === null ? undefined : idOf(node);
  return id !== undefined && ids.has(id);
};

/**
 * Takes a node away.
 *
 * @param {ChildNode | null} node
 * @returns {ChildNode | null} Its next sibling.
 */
const removed = (node) => {
  const next = node?.nextSibling ?? null;
  node?.remove();
  return next;
};

/**
 * The node, here or later, that is to become another one.
 *
 * @param {ChildNode | null} from
 * @param {ChildNode} wanted
 * @returns {ChildNode | null}
 */
const matchOf = (from, wanted) => {
  const id = idOf(wanted);
  if (id === undefined) {
    return from !== null && idOf(from) === undefined && isAlike(from, wanted)
      ? from
      : null;
  }
  for (let node = from; node !== null; node = node.nextSibling) {
    if (idOf(node) === id && isAlike(node, wanted)) return node;
  }
  return null;
};

/** @param {ChildNode} node */
const idOf = (node) =>
  !(node instanceof HTMLElement)
    ? undefined
    : node.id !== ""
    ? node.id
    : node.dataset.key;

/**
 * @param {ChildNode} a
 * @param {ChildNode} b
 */
const isAlike = (a, b) =>
  a.nodeType === b.nodeType && a.nodeName === b.nodeName;

/**
 * @param {ChildNode} shown
 * @param {ChildNode} wanted
 */
const update = (shown, wanted) => {
  if (!(shown instanceof Element && wanted instanceof Element)) {
    if (shown.nodeValue !== wanted.nodeValue) {
      shown.nodeValue = wanted.nodeValue;
    }
    return;
  }
  for (const { name } of [...shown.attributes]) {
    if (!wanted.hasAttribute(name) && !isReaders(shown, name)) {
      shown.removeAttribute(name);
    }
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (shown.getAttribute(name) !== value && !isReaders(shown, name)) {
      shown.setAttribute(name, value);
    }
  }
  morphChildren(shown, wanted);
};

/**
 * Whether an attribute is the reader's.
 *
 * @param {Element} element
 * @param {string} name
 */
const isReaders = (element, name) =>
  name === "open" && element.localName === "details";
