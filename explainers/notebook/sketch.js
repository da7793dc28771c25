/* A square to draw in with mouse, finger, pen or keys: the distribution that a toy diffusion model then learns.

`points` are (x, y) in -1..1; `labels` are the texts `square`, `clear` and `keys`. */

const SIZE = 280;
const SPREAD = 7; // pixels: a line drawn by hand becomes a cloud
const STRIDE = 8; // pixels that an arrow key moves the pen
const DOTS = 12; // for each place that the pen passes
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function render({ model, el }) {
  const labels = model.get("labels");
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE, tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", `${labels.square} ${labels.keys}`);
  canvas.style.cssText = "border:1px solid #888;border-radius:4px;background:#fff;touch-action:none;cursor:crosshair";
  const clear = Object.assign(document.createElement("button"), { type: "button", textContent: labels.clear });
  const help = Object.assign(document.createElement("p"), { textContent: `${labels.square} ${labels.keys}` });
  el.append(canvas, help, clear);
  const ink = canvas.getContext("2d");
  let points = model.get("points").slice();
  let pen = null; // where the keys have brought it, in pixels; shown once a key moves it
  let down = false;

  const paint = () => {
    ink.clearRect(0, 0, SIZE, SIZE);
    ink.fillStyle = "#c46a00";
    for (const [x, y] of points) ink.fillRect(((x + 1) / 2) * SIZE - 1, ((1 - y) / 2) * SIZE - 1, 2, 2);
    if (!pen) return;
    ink.strokeStyle = "#0b57d0";
    ink.lineWidth = down ? 3 : 1;
    ink.strokeRect(pen[0] - 5, pen[1] - 5, 10, 10);
  };
  const add = (x, y) => {
    const far = () => (Math.random() + Math.random() - 1) * SPREAD;
    for (let i = 0; i < DOTS; i++) points.push([((x + far()) / SIZE) * 2 - 1, 1 - ((y + far()) / SIZE) * 2]);
    paint();
  };
  const touch = (event) => {
    const box = canvas.getBoundingClientRect();
    add(((event.clientX - box.left) / box.width) * SIZE, ((event.clientY - box.top) / box.height) * SIZE);
  };
  const send = () => {
    model.set("points", points.slice());
    model.save_changes();
  };

  canvas.addEventListener("pointerdown", (event) => {
    pen = null;
    down = true;
    canvas.setPointerCapture(event.pointerId);
    touch(event);
  });
  canvas.addEventListener("pointermove", (event) => down && !pen && touch(event));
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      down = false;
      send();
    });
  }
  canvas.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has its own plans with arrows
    pen ??= [SIZE / 2, SIZE / 2];
    if (way) pen = pen.map((at, axis) => Math.min(SIZE, Math.max(0, at + way[axis] * STRIDE)));
    else down = !down;
    if (down) add(...pen);
    else paint();
    if (down || !way) send();
  });
  canvas.addEventListener("blur", () => {
    pen = null;
    down = false;
    paint();
  });
  clear.addEventListener("click", () => {
    points = [];
    paint();
    send();
  });
  const follow = () => {
    points = model.get("points").slice();
    paint();
  };
  model.on("change:points", follow);
  paint();
  return () => model.off("change:points", follow);
}

export default { render };
