// Films side by side on one timeline. Each is one picture that holds all its frames, see `sheet` in desk.py.

/** @import { Clip, Island } from "./messages.d.ts" */

import { inkOf, make, within } from "./dom.js";
import { page } from "./state.js";
import { timeline } from "./timeline.js";

/** @param {Island<{ clips: Clip[], fps?: number } | null>} island */
export function mountFilms({ element, props, watch }) {
  const root = within(element, ".films");
  let stop = () => {};
  const lay = () => {
    stop();
    stop = showFilms(root, props.value ?? { clips: [] });
  };
  const soon = () => page.speaks.then(lay);
  soon();
  watch("value", soon);
}

/** @param {Element} root @param {{ clips: Clip[], fps?: number }} films */
export function showFilms(root, { clips, fps = 8 }) {
  root.replaceChildren();
  if (!clips.length) return () => {};
  const count = Math.max(...clips.map((clip) => clip.frames));
  /** @type {ReturnType<typeof timeline> | null} */
  let line = null;

  const figures = clips.map((clip) => {
    const { width, height, caption, sound } = clip;
    const canvas = make("canvas", { width, height, role: "img", "aria-label": caption });
    const image = new Image();
    image.onload = () => line?.again();
    image.src = clip.sheet;
    const heard = sound ? [make("audio", { src: sound, controls: true, preload: "none" })] : [];
    root.append(make("figure", {}, canvas, make("figcaption", {}, caption), ...heard));
    return { clip, image, context: inkOf(canvas) };
  });

  /** @param {number} frame */
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
