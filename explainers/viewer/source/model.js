// A model for hosts that have none.

/** @import { Message, OwnModel, Question, Source, ViewerState } from "./protocol.d.ts" */
/** @typedef {{ send?: (message: Question) => void, save?: (changed: Partial<ViewerState>) => void }} Host */

/**
 * A model for hosts that have none. `send(message)` carries questions away, `save(changed)` what the viewer changed;
 * the host speaks back by `update(state)` (what it does not name stays where the visitor put it) and
 * `receive(message, buffers)`.
 * @param {Partial<ViewerState>} state @param {Host} host
 * @returns {OwnModel}
 */
export function createModel(state = {}, { send = () => {}, save = () => {} } = {}) {
  /** @type {any} */
  const own = { ...state }; // each key has a type of its own, which `get` and `set` tell
  /** @type {Map<string, ((...values: unknown[]) => void)[]>} */
  const listeners = new Map();
  let said = { ...state };
  /** @type {Partial<ViewerState>} */
  let changed = {};
  /** @type {(event: string, ...values: unknown[]) => void} */
  const emit = (event, ...values) => [...(listeners.get(event) ?? [])].forEach((listener) => listener(...values));
  return {
    get: (key) => own[key],
    set(key, value) {
      if (own[key] === value) return;
      own[key] = changed[key] = value;
      emit(`change:${key}`);
    },
    save_changes() {
      if (Object.keys(changed).length) save(changed);
      changed = {};
    },
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) => listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== listener)),
    send,
    receive: (message, buffers = []) => emit("msg:custom", message, buffers),
    update(next) {
      const keys = /** @type {(keyof ViewerState)[]} */ (Object.keys(next));
      const different = keys.filter((key) => JSON.stringify(said[key]) !== JSON.stringify(next[key]));
      said = { ...said, ...next };
      Object.assign(own, Object.fromEntries(different.map((key) => [key, next[key]])));
      for (const key of different) emit(`change:${key}`);
    },
  };
}
