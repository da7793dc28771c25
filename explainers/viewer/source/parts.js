// Small parts that the page is built of.

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * An element: attributes and `on…` listeners in one object, then what stands in it. Where a value is false, null or
 * undefined there is no such attribute.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {{ [name: string]: unknown }} attributes @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children);
  return element;
}

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [settings] */
export function inkOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (!context) throw new Error("this browser gives no canvas to draw on");
  return context;
}

/**
 * Sets a property only if it differs: the page is laid out anew otherwise, sixty times a second.
 * @template {object} Of @template {keyof Of} Key
 * @param {Of} element @param {Key} key @param {Of[Key]} value
 */
export function put(element, key, value) {
  if (element[key] !== value) element[key] = value;
}

let radioGroups = 0;

/**
 * A choice of one out of a few, as native radio buttons: `offer` the options, `set` which is chosen.
 * @param {string} part @param {string} title @param {(key: any) => void} onpick
 */
export function choice(part, title, onpick) {
  const name = `darkroom-${part}-${radioGroups++}`;
  const box = make("fieldset", { class: "choice", "data-part": part }, make("legend", {}, title));
  let shown = "";
  /** @type {string | undefined} */
  let chosen;
  /** @param {string[][]} options */
  const offer = (options) => {
    const signature = JSON.stringify(options);
    box.hidden = options.length < 2;
    if (signature === shown) return;
    shown = signature;
    chosen = undefined;
    box.querySelectorAll("label").forEach((label) => label.remove());
    for (const [key, text] of options) {
      const input = make("input", { type: "radio", name, value: key, onchange: () => onpick(key) });
      box.append(make("label", {}, input, make("span", {}, text)));
    }
  };
  /** @param {string | undefined} value none of them where undefined */
  const set = (value) => {
    if (value === chosen) return;
    chosen = value;
    box.querySelectorAll("input").forEach((input) => (input.checked = input.value === value));
  };
  return { box, offer, set };
}

const ICONS = {
  play: "M4 2.5v11l9.5-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  loop:
    "M11 1.5l3 2.5-3 2.5V5H6a3 3 0 0 0-1.8 5.4L3 11.6A4.7 4.7 0 0 1 6 3.3h5z" +
    "M5 14.5L2 12l3-2.5V11h5a3 3 0 0 0 1.8-5.4L13 4.4a4.7 4.7 0 0 1-3 8.3H5z",
  soundOff: "M2 6h2.6L8 3v10L4.6 10H2zM10.2 6.1l1-1L13 6.9l1.8-1.8 1 1L14 7.9l1.8 1.8-1 1L13 8.9l-1.8 1.8-1-1L12 7.9z",
  soundOn:
    "M2 6h2.6L8 3v10L4.6 10H2zM10 5.2a4 4 0 0 1 0 5.6l1 1a5.4 5.4 0 0 0 0-7.6z" +
    "M12 3.2a6.8 6.8 0 0 1 0 9.6l1 1a8.2 8.2 0 0 0 0-11.6z",
  clear: "M3.3 4.4l1.1-1.1L8 6.9l3.6-3.6 1.1 1.1L9.1 8l3.6 3.6-1.1 1.1L8 9.1l-3.6 3.6-1.1-1.1L6.9 8z",
};

/** @typedef {ReturnType<typeof iconButton>} IconButton */

/** @param {string} part @param {() => void} onclick */
export function iconButton(part, onclick) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  const text = make("span");
  const button = make("button", { type: "button", class: "icon", "data-part": part, onclick }, svg, text);
  /** @param {keyof typeof ICONS} icon @param {string} label @param {{ pressed?: boolean, visible?: string }} more */
  const show = (icon, label, { pressed, visible = "" } = {}) => {
    path.setAttribute("d", ICONS[icon]);
    button.setAttribute("aria-label", label);
    button.title = label;
    text.textContent = visible;
    if (pressed !== undefined) button.setAttribute("aria-pressed", String(pressed));
  };
  return { button, show };
}

/** Sizes a canvas to its place on the page, empties it, and returns a context that draws in CSS pixels. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
export function blank(canvas, width, height, finest = 2) {
  const ratio = Math.min(window.devicePixelRatio || 1, finest);
  const [w, hgt] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== hgt) {
    Object.assign(canvas, { width: w, height: hgt });
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = inkOf(canvas);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, w, hgt); // all of it, or the browser copies the old picture first
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalCompositeOperation = "source-over";
  return context;
}
