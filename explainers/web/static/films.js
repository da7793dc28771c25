// Films side by side on one timeline. Each is one picture that holds all its frames, see `sheet` in desk.py.

import { page } from "./stage.js";
import { timeline } from "./timeline.js";

export function mountFilms({ element, props, watch }) {
  const root = element.querySelector(".films");
  let stop = () => {};
  const lay = () => {
    stop();
    stop = show(root, props.value ?? { clips: [] });
  };
  const soon = () => page.speaks.then(lay);
  soon();
  watch("value", soon);
}

function show(root, { clips, fps = 8 }) {
  root.replaceChildren();
  if (!clips.length) return () => {};
  const count = Math.max(...clips.map((clip) => clip.frames));
  let line = null;

  const figures = clips.map((clip) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: clip.width, height: clip.height });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", clip.caption);
    const image = new Image();
    image.onload = () => line?.again();
    image.src = clip.sheet;
    const caption = Object.assign(document.createElement("figcaption"), { textContent: clip.caption });
    const figure = document.createElement("figure");
    figure.append(canvas, caption);
    if (clip.sound) figure.append(Object.assign(document.createElement("audio"), { src: clip.sound, controls: true, preload: "none" }));
    root.append(figure);
    return { clip, image, context: canvas.getContext("2d") };
  });

  function draw(frame) {
    for (const { clip, image, context } of figures) {
      if (!image.complete || !image.naturalWidth) continue;
      const now = Math.min(frame, clip.frames - 1);
      const [x, y] = [(now % clip.cols) * clip.width, Math.floor(now / clip.cols) * clip.height];
      context.drawImage(image, x, y, clip.width, clip.height, 0, 0, clip.width, clip.height);
    }
  }
  line = timeline(root, count, { fps, draw });
  return line.stop;
}
