// Time and sound.

/** @import { Step } from "./protocol.d.ts" */
/** @import { Film } from "./films.js" */

const wallClock = () => performance.now() / 1000;

/** The clock of the film: the sound card's while there is sound, so that picture and sound can't drift apart. */
export class Player {
  constructor() {
    this.offset = 0;
    /** @type {number | null} */
    this.began = null; // on the clock of `time`; null while nothing plays
    this.time = wallClock;
    /** @type {AudioBufferSourceNode | null} */
    this.source = null;
    /** @type {AudioContext | null} */
    this.audio = null;
    /** @type {symbol | null} */
    this.turn = null; // a sound that is still being decoded when it is no longer wanted is not played
    /** @type {WeakMap<Step, AudioBuffer>} */
    this.buffers = new WeakMap(); // entry of a step -> AudioBuffer as long as the film
  }

  now() {
    return this.began === null ? this.offset : this.offset + Math.max(0, this.time() - this.began);
  }

  /** @param {number} offset @param {Step | null} entry @param {Film | null} film @param {boolean} loop */
  async start(offset, entry, film, loop) {
    this.stop();
    const turn = (this.turn = Symbol());
    this.offset = offset;
    this.time = wallClock;
    this.began = this.time();
    if (!entry || !film) return;
    const audio = (this.audio ??= new AudioContext());
    await audio.resume(); // a browser that waits for a click holds us here, and the film plays silently till then
    const buffer = await this.buffer(audio, entry, film).catch((error) => console.warn("darkroom: no sound", error));
    if (turn !== this.turn || !buffer) return;
    const from = loop ? this.now() % film.seconds : Math.min(this.now(), film.seconds);
    this.source = new AudioBufferSourceNode(audio, { buffer, loop });
    this.source.connect(audio.destination);
    this.source.start(0, from);
    this.offset = from;
    this.began = audio.currentTime;
    // What is heard now was sent a moment ago.
    this.time = () => audio.currentTime - (audio.outputLatency || 0);
  }

  stop() {
    this.turn = null;
    if (this.began !== null) this.offset = this.now();
    this.source?.stop();
    this.source = this.began = null;
  }

  /** Decoded, and cut or filled with silence to the length of the film: a loop of sound is then a loop of the film. @param {AudioContext} audio @param {Step} entry @param {Film} film */
  async buffer(audio, entry, film) {
    const known = this.buffers.get(entry);
    if (known || !entry.sound) return known;
    const decoded = await audio.decodeAudioData(entry.at(entry.sound).slice().buffer);
    const { sampleRate, numberOfChannels } = decoded;
    const length = Math.round(film.seconds * sampleRate);
    const fitted = new AudioBuffer({ length, sampleRate, numberOfChannels });
    for (let c = 0; c < numberOfChannels; c++) fitted.copyToChannel(decoded.getChannelData(c).subarray(0, length), c);
    this.buffers.set(entry, fitted);
    return fitted;
  }

  close() {
    this.stop();
    this.audio?.close();
  }
}
