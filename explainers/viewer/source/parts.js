// Small parts that the page is built of.

export const STILL = matchMedia("(prefers-reduced-motion: reduce)");

/** An element: properties, `on…` listeners and attributes in one object. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** Sets a property only if it differs: the page is laid out anew otherwise, sixty times a second. */
export function put(element, key, value) {
  if (element[key] !== value) element[key] = value;
}

let radioGroups = 0;

/** A choice of one out of a few, as native radio buttons: `offer` the options, `set` which is chosen. */
export function choice(part, title, onpick) {
  const name = `darkroom-${part}-${radioGroups++}`;
  const box = h("fieldset", { className: "choice" }, h("legend", { textContent: title }));
  box.dataset.part = part;
  let shown = "";
  let chosen;
  const offer = (options) => {
    const signature = JSON.stringify(options);
    box.hidden = options.length < 2;
    if (signature === shown) return;
    shown = signature;
    chosen = undefined;
    box.querySelectorAll("label").forEach((label) => label.remove());
    for (const [key, text] of options) {
      const input = h("input", { type: "radio", name, value: key, onchange: () => onpick(key) });
      box.append(h("label", {}, input, h("span", { textContent: text })));
    }
  };
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

export function iconButton(part, onclick) {
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  const text = h("span");
  const button = h("button", { type: "button", className: "icon", onclick }, svg, text);
  button.dataset.part = part;
  const show = (icon, label, { pressed = null, visible = "" } = {}) => {
    path.setAttribute("d", ICONS[icon]);
    button.setAttribute("aria-label", label);
    button.title = label;
    text.textContent = visible;
    if (pressed !== null) button.setAttribute("aria-pressed", pressed);
  };
  return { button, show };
}

/** Sizes a canvas to its place on the page, empties it, and returns a context that draws in CSS pixels. */
export function blank(canvas, width, height, finest = 2) {
  const ratio = Math.min(window.devicePixelRatio || 1, finest);
  const [w, hgt] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== hgt) {
    Object.assign(canvas, { width: w, height: hgt });
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, w, hgt); // all of it, or the browser copies the old picture first
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalCompositeOperation = "source-over";
  return context;
}

/** For each word of `two`, its place in `one`, or null where the prompts differ (longest common subsequence). */
export function sameWords(one, two) {
  const length = Array.from({ length: one.length + 1 }, () => new Array(two.length + 1).fill(0));
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = two.length - 1; j >= 0; j--) {
      length[i][j] = one[i] === two[j] ? 1 + length[i + 1][j + 1] : Math.max(length[i + 1][j], length[i][j + 1]);
    }
  }
  const places = new Array(two.length).fill(null);
  for (let i = 0, j = 0; i < one.length && j < two.length; ) {
    if (one[i] === two[j]) places[j++] = i++;
    else if (length[i + 1][j] >= length[i][j + 1]) i++;
    else j++;
  }
  return places;
}
