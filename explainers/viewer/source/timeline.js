// The arithmetic of time: which step and which frame of one film stand for those of another, and where a clock is.

/** @param {number} value @param {number} low @param {number} high */
export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** A frame of a film that begins anew at its end. @param {number} frame @param {number} count */
export const around = (frame, count) => ((frame % count) + count) % count;

/** The frame that is seen after so many seconds. @param {number} seconds @param {number} fps */
export const frameAt = (seconds, fps) => Math.floor(seconds * fps + 1e-6); // a sum of frames falls short by a hair

/**
 * The step of a film that has gone the same share of its way as `step` of `total`; only of those that have arrived.
 * @param {number} step @param {number} total @param {{ total: number, arrived: number }} film
 */
export function sameWay(step, total, film) {
  const same = film.total === total ? step : Math.round((step / Math.max(total - 1, 1)) * (film.total - 1));
  return clamp(same, 0, Math.max(film.arrived - 1, 0));
}

/**
 * The frame of a film at the moment of another's `frame`.
 * @param {number} frame @param {number} fps @param {{ fps: number, frames: number }} film
 */
export const sameMoment = (frame, fps, film) => clamp(frameAt(frame / fps, film.fps), 0, film.frames - 1);

/**
 * Where a development stands that has run for so long: its step, and whether it is over.
 * @param {number} seconds @param {{ total: number, arrived: number }} film
 */
export function developed(seconds, { total, arrived }) {
  const way = seconds / clamp(total * 0.08, 2, 5);
  return { step: clamp(Math.floor(way * arrived), 0, Math.max(arrived - 1, 0)), over: way >= 1 };
}

/** The first of those steps that are nearest to `step`; null for none. @param {Iterable<number>} steps @param {number} step */
export function nearest(steps, step) {
  /** @type {number | null} */
  let best = null;
  for (const each of steps) if (best === null || Math.abs(each - step) < Math.abs(best - step)) best = each;
  return best;
}
