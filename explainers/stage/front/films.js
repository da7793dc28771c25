// Films side by side on one timeline. Each is one picture that holds all its frames, see `sheet` in desk.py.

import { page, still } from "./stage.js";

export function mountFilms({ element, props, watch }) {
  const root = element.querySelector(".films");
  let stop = () => {};
  const lay = () => {
    stop();
    stop = show(root, props.value ?? { clips: [] });
  };
  lay();
  watch("value", lay);
}

function show(root, { clips, fps = 8 }) {
  root.replaceChildren();
  if (!clips.length) return () => {};
  const L = page.labels;
  const count = Math.max(...clips.map((clip) => clip.frames));
  let [frame, playing, timer] = [0, !still(), 0];

  const figures = clips.map((clip) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: clip.width, height: clip.height });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", clip.caption);
    const image = new Image();
    image.onload = () => draw();
    image.src = clip.sheet;
    const caption = Object.assign(document.createElement("figcaption"), { textContent: clip.caption });
    const figure = document.createElement("figure");
    figure.append(canvas, caption);
    if (clip.sound) figure.append(Object.assign(document.createElement("audio"), { src: clip.sound, controls: true, preload: "none" }));
    root.append(figure);
    return { clip, image, context: canvas.getContext("2d") };
  });

  const range = Object.assign(document.createElement("input"), { type: "range", min: 0, max: count - 1, value: 0 });
  range.setAttribute("aria-label", L.frame);
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const bar = document.createElement("div");
  bar.className = "together";
  bar.append(button, range);
  if (count > 1) root.append(bar);

  function draw() {
    for (const { clip, image, context } of figures) {
      if (!image.complete || !image.naturalWidth) continue;
      const now = Math.min(frame, clip.frames - 1);
      const [x, y] = [(now % clip.cols) * clip.width, Math.floor(now / clip.cols) * clip.height];
      context.drawImage(image, x, y, clip.width, clip.height, 0, 0, clip.width, clip.height);
    }
    range.value = frame;
    range.setAttribute("aria-valuetext", L.of.replace("{now}", frame + 1).replace("{all}", count));
  }
  function play(on) {
    playing = on && count > 1;
    button.textContent = playing ? L.pause : L.play;
    clearInterval(timer);
    if (playing) timer = setInterval(() => ((frame = (frame + 1) % count), draw()), 1000 / fps);
  }
  button.onclick = () => play(!playing);
  range.oninput = () => {
    play(false);
    frame = Number(range.value);
    draw();
  };
  play(playing);
  draw();
  return () => clearInterval(timer);
}
