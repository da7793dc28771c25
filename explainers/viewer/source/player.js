// Time and sound.

const wallClock = () => performance.now() / 1000;

/** The clock of the film: the sound card's while there is sound, so that picture and sound can't drift apart. */
export class Player {
  constructor() {
    this.offset = 0;
    this.began = null; // on the clock of `time`; null while nothing plays
    this.time = wallClock;
    this.source = null;
    this.buffers = new WeakMap(); // entry of a step -> AudioBuffer as long as the film
  }

  now() {
    return this.began === null ? this.offset : this.offset + Math.max(0, this.time() - this.began);
  }

  async start(offset, entry, film, loop) {
    this.stop();
    const turn = (this.turn = Symbol());
    this.offset = offset;
    this.time = wallClock;
    this.began = this.time();
    if (!entry) return;
    this.audio ??= new AudioContext();
    await this.audio.resume(); // a browser that waits for a click holds us here, and the film plays silently till then
    const buffer = await this.buffer(entry, film).catch((error) => console.warn("darkroom: no sound", error));
    if (turn !== this.turn || !buffer) return;
    const from = loop ? this.now() % film.seconds : Math.min(this.now(), film.seconds);
    this.source = new AudioBufferSourceNode(this.audio, { buffer, loop });
    this.source.connect(this.audio.destination);
    this.source.start(0, from);
    this.offset = from;
    this.began = this.audio.currentTime;
    // What is heard now was sent a moment ago.
    this.time = () => this.audio.currentTime - (this.audio.outputLatency || 0);
  }

  stop() {
    this.turn = null;
    if (this.began !== null) this.offset = this.now();
    this.source?.stop();
    this.source = this.began = null;
  }

  /** Decoded, and cut or filled with silence to the length of the film: a loop of sound is then a loop of the film. */
  async buffer(entry, film) {
    if (!this.buffers.has(entry)) {
      const decoded = await this.audio.decodeAudioData(entry.at(entry.sound).slice().buffer);
      const { sampleRate, numberOfChannels } = decoded;
      const length = Math.round(film.seconds * sampleRate);
      const fitted = new AudioBuffer({ length, sampleRate, numberOfChannels });
      for (let c = 0; c < numberOfChannels; c++) fitted.copyToChannel(decoded.getChannelData(c).subarray(0, length), c);
      this.buffers.set(entry, fitted);
    }
    return this.buffers.get(entry);
  }

  close() {
    this.stop();
    this.audio?.close();
  }
}
