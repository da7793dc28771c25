/* A square to draw in with mouse, finger or pen: the distribution that a toy diffusion model then learns. */

const SIZE = 280;
const SPREAD = 7; // pixels: a line drawn by hand becomes a cloud

function render({ model, el }) {
  const canvas = Object.assign(document.createElement("canvas"), { width: SIZE, height: SIZE });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Draw a shape here; the default drawing can be kept");
  canvas.style.cssText = "border:1px solid #888;border-radius:4px;background:#fff;touch-action:none;cursor:crosshair";
  const clear = Object.assign(document.createElement("button"), { type: "button", textContent: "Clear" });
  el.append(canvas, document.createElement("br"), clear);
  const pen = canvas.getContext("2d");
  let points = model.get("points").slice();
  let drawing = false;

  const paint = () => {
    pen.clearRect(0, 0, SIZE, SIZE);
    pen.fillStyle = "#c46a00";
    for (const [x, y] of points) pen.fillRect(((x + 1) / 2) * SIZE - 1, ((1 - y) / 2) * SIZE - 1, 2, 2);
  };
  const add = (event) => {
    const box = canvas.getBoundingClientRect();
    for (let i = 0; i < 12; i++) {
      const far = () => (Math.random() + Math.random() - 1) * SPREAD;
      const x = ((event.clientX - box.left + far()) / box.width) * 2 - 1;
      const y = 1 - ((event.clientY - box.top + far()) / box.height) * 2;
      points.push([x, y]);
    }
    paint();
  };
  const send = () => {
    model.set("points", points.slice());
    model.save_changes();
  };
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    add(event);
  });
  canvas.addEventListener("pointermove", (event) => drawing && add(event));
  canvas.addEventListener("pointerup", () => {
    drawing = false;
    send();
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
