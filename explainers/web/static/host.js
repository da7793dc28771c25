// The viewer's host, and the unseen messengers: what Python and the viewer tell each other goes through here.

/** @import { Island, News, Shown } from "./messages.d.ts" */
/** @import { Answer, Values, ViewerState } from "./protocol.d.ts" */

import { handOf as wished } from "./address.js";
import { handOf, keysOf } from "./clicks.js";
import { within } from "./dom.js";
import { asked, takeOver } from "./startup.js";
import { opened, page, say, speaking, writeAddress } from "./state.js";

const SOUND = "darkroom-sound"; // whether this visitor wants to hear films

/** @param {Partial<Values>} keys */
export function move(keys) {
  const { viewer } = page;
  if (!viewer) return;
  for (const key of /** @type {(keyof Values)[]} */ (Object.keys(keys))) viewer.set(key, keys[key]);
  viewer.save_changes();
}

/** @param {Island<ViewerState>} island */
export function mountViewer({ element, props, server, watch }) {
  const labels = props.labels ?? {};
  const model = takeOver(props.value, within(element, ".film"), {
    send: async (message) => {
      const question = { ...message, settings: page.run, cut: page.cut, controls: page.controls };
      try {
        const answer = await server.ask(question);
        model.receive(answer);
        sayInCard(answer);
      } catch {
        model.receive({ kind: "error", id: message.id, text: page.labels.busy });
      }
    },
    save: (changed) => {
      if (changed.sound) localStorage.setItem(SOUND, changed.sound === "off" ? "off" : "on");
      stood();
    },
  });
  let now = props.value;
  let finished = { ...now };
  page.stop = () => {
    page.stopped = true;
    const made = model.get("steps")?.length || model.get("steps_b")?.length;
    model.update(made ? { ...now, state: "", message: "" } : finished); // a film without a step is none
  };
  page.film = (state) => {
    say("heard");
    if (state.state === "") page.filmShown = finished = state;
    else if (page.stopped && state.state !== "error") return; // it was on its way
    now = state;
    model.update(state);
    say("state", state.state);
  };
  page.viewer = model;
  const hear = () => localStorage.getItem(SOUND) === "on" && model.get("sound") !== "b" && model.set("sound", "a");
  document.addEventListener("pointerdown", hear, { once: true }); // browsers insist on a hand before the first sound
  speakAs(labels["viewer.locale"]);
  speaking(labels);
  page.filmShown = now;
  watch("value", () => page.film(props.value));
  const wish = wished(asked);
  if (Object.keys(wish).length) move(keysOf(wish));
  page.hand = handOf(model);
}

/** Gradio writes the browser's language over the page's as it starts; readers of screens need the page's. @param {string} language */
function speakAs(language) {
  const root = document.documentElement;
  const mend = () => language && root.lang !== language && (root.lang = language);
  new MutationObserver(mend).observe(root, { attributeFilter: ["lang"] });
  mend();
}

/** The card of a layer says what the viewer's status line says: who clicked may be looking there. @param {Answer} answer */
function sayInCard({ layer = "", text }) {
  const said = document.querySelector(`#picture-${CSS.escape(layer)} [role=status]`);
  if (said && text) said.textContent = text;
}

/** The hand has come to rest: tell Python and the address. */
function stood() {
  if (!page.viewer) return;
  const before = JSON.stringify(page.hand);
  page.hand = handOf(page.viewer);
  writeAddress();
  if (JSON.stringify(page.hand) !== before) page.tell(page.hand);
}

/** @param {Island<object>} island */
export function mountHand({ props, trigger }) {
  page.tell = (hand) => {
    props.value = hand;
    trigger("input");
  };
  if (page.untold) page.tell(page.untold);
}

/** The film on screen changed (Python's side says so once a run is done). @param {Island<Shown>} island */
export function mountShown({ props, trigger, watch }) {
  page.gallery = props.gallery ?? [];
  page.shows = (shown) => {
    props.value = shown;
    take();
    writeAddress();
    trigger("change");
  };
  const take = () => {
    if (JSON.stringify(props.value) === JSON.stringify(page.shown)) return; // no news: what is being written stays
    page.shown = props.value;
    page.run = props.value.settings;
    page.cut = props.value.cut;
    page.notes = props.value.notes;
    document.documentElement.dataset.run = props.value.id;
    say("run");
  };
  take();
  watch("value", () => {
    take();
    writeAddress();
  });
}

/** The model is there, or another one, or why not. @param {Island<News>} island */
export function mountNews({ props, watch }) {
  const take = () => {
    page.facts = props.value.facts;
    page.broken = props.value.broken ?? "";
    opened(props.value.live);
  };
  take();
  watch("value", take);
}
