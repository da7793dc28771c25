// A model for hosts that have none.

/**
 * A model for hosts that have none. `send(message)` carries questions away, `save(changed)` what the viewer changed;
 * the host speaks back by `update(state)` (what it does not name stays where the visitor put it) and
 * `receive(message, buffers)`.
 */
export function createModel(state = {}, { send = () => {}, save = () => {} } = {}) {
  const own = { ...state };
  const listeners = new Map();
  let said = { ...state };
  let changed = {};
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
      const different = Object.keys(next).filter((key) => JSON.stringify(said[key]) !== JSON.stringify(next[key]));
      said = { ...said, ...next };
      for (const key of different) own[key] = next[key];
      for (const key of different) emit(`change:${key}`);
    },
  };
}
