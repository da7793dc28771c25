// Frames of a film that a visitor brings, read by the browser: a video, or a picture that moves.
//
// sampled(file, 17, 8)     // 17 pictures, one each eighth of a second, or closer where the film is shorter

const LATE = 250; // milliseconds

/** @param {File} file @param {number} count @param {number} fps @returns {Promise<ImageBitmap[]>} */
export async function sampled(file, count, fps) {
  return file.type.startsWith("video/") ? ofVideo(file, count, fps) : ofMovingPicture(file, count, fps);
}

/** Whether a file moves: a film, or a picture of more than one frame. Not every browser can tell of pictures. @param {File} file */
export async function moves(file) {
  if (file.type.startsWith("video/")) return true;
  if (!("ImageDecoder" in window) || !(await ImageDecoder.isTypeSupported(file.type))) return false;
  const decoder = await opened(file);
  const frames = framesOf(decoder);
  decoder.close();
  return frames > 1;
}

/** Whether a file may well move, and this browser can't tell. @param {File} file */
export const mayMove = (file) => file.type === "image/gif" && !("ImageDecoder" in window);

/** @param {File} file @param {number} count @param {number} fps */
async function ofVideo(file, count, fps) {
  const address = URL.createObjectURL(file);
  const video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, preload: "auto" });
  /** @param {string} event */
  const comes = (event) => new Promise((done, fail) => {
    video.addEventListener(event, done, { once: true });
    video.addEventListener("error", () => fail(video.error), { once: true });
  });
  // A seek may be over before its frame is there to be taken; a frame that is there already is not told of again.
  const shown = () => new Promise((done) => video.requestVideoFrameCallback?.(done));
  const late = () => new Promise((done) => setTimeout(done, LATE));
  try {
    const ready = comes("loadeddata");
    video.src = address;
    await ready;
    const frames = [];
    for (const moment of moments(video.duration, count, fps)) {
      const [there, frame] = [comes("seeked"), shown()];
      video.currentTime = moment;
      await there;
      await Promise.race([frame, late()]);
      frames.push(await createImageBitmap(video));
    }
    return frames;
  } finally {
    video.removeAttribute("src");
    URL.revokeObjectURL(address);
  }
}

/** @param {File} file @param {number} count @param {number} fps */
async function ofMovingPicture(file, count, fps) {
  const decoder = await opened(file);
  try {
    const [frames, last] = [framesOf(decoder), count / fps];
    /** @type {number[]} */
    const ends = [];
    /** @type {ImageBitmap[]} */
    const shown = [];
    for (let index = 0, end = 0; index < frames && end < last; index++) {
      const { image } = await decoder.decode({ frameIndex: index });
      ends.push((end += (image.duration || 1e5) / 1e6)); // a tenth of a second where it says nothing
      shown.push(await createImageBitmap(image));
      image.close();
    }
    return moments(ends[ends.length - 1], count, fps).map((moment) => shown[ends.findIndex((end) => moment < end)] ?? shown[shown.length - 1]);
  } finally {
    decoder.close();
  }
}

/** @param {ImageDecoder} decoder */
const framesOf = (decoder) => decoder.tracks.selectedTrack?.frameCount ?? 1;

/** @param {File} file */
async function opened(file) {
  const decoder = new ImageDecoder({ data: await file.arrayBuffer(), type: file.type });
  await decoder.completed;
  await decoder.tracks.ready;
  return decoder;
}

/** The middle of each of `count` frames of a film that lasts so long, in seconds. @param {number} seconds @param {number} count @param {number} fps */
export function moments(seconds, count, fps) {
  const each = Math.min(seconds, count / fps) / count;
  return Array.from({ length: count }, (_, frame) => (frame + 0.5) * each);
}
