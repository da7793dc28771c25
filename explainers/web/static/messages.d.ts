// What the page and the server tell each other, and what the parts of the page know of each other.

import type { Answer, OwnModel, Pick, Question, Values, ViewerState } from "./protocol.d.ts";

/** What makes a run: share.py's Settings. */
export interface Settings {
  prompt: string;
  seed: number;
  steps: number;
  guidance: number;
  scheduler: string;
  frames: number;
  size: string; // "64x64", width first
  recording: string;
  picture: string;
  remix: number;
  model: string;
}

/** What a page needs to know of the model: facts.py. */
export interface Facts {
  chosen?: string;
  model: string;
  known: string[] | null; // words
  words: { [kind: string]: string[] } | null;
  schedulers: string[];
  lengths: number[];
  sizes: string[];
  longest: number;
  fps: number;
  defaults: Partial<Settings>;
}

/** What the server takes: share.py and jobs.py. */
export interface Limits {
  prompt: number; // characters
  file: number; // bytes
  seed: [least: number, most: number];
  steps: [least: number, most: number];
  guidance: [least: number, most: number];
}

export type Control = number | string | boolean;

/** Where the viewer stands, in the lesson's words. */
export interface Hand {
  step: number;
  frame: number;
  film: "x0" | "noisy" | "difference";
  view: "film" | "frames" | "stack";
  grid: boolean;
  patch: [frame: number, row: number, col: number] | null;
  word: number | null;
  slice: number | null;
}

export interface CutShown {
  name: string;
  controls: { [name: string]: Control };
}

/** Which film is on screen. */
export interface Shown {
  settings: Settings;
  cut: CutShown | null;
  id: string;
  notes: string[]; // words that the model never learned, what did not fit
}

export interface News {
  facts: Facts;
  live: boolean;
  broken?: string; // why the model is not there
}

/** A click, as it goes to the server. */
export type Asked = Question & { settings: Settings | null; cut: CutShown | null; controls: { [name: string]: Control } };

/** What is asked of the server to be taken home. */
export interface Wanted {
  what: string;
  patch: boolean;
  beside: "cut" | Settings | null;
  asked: number;
}

/** How it stands with it. */
export interface Making {
  done?: number | null;
  message?: string;
  error?: string;
  address?: string;
  name?: string;
  size?: number;
}

export interface Clip {
  caption: string;
  sheet: string; // all frames in one picture
  sound?: string;
  frames: number;
  cols: number;
  width: number;
  height: number;
}

/** What gr.HTML hands to a script. */
export interface Island<Value> {
  element: HTMLElement;
  props: {
    value: Value;
    labels?: { [key: string]: string };
    facts?: Facts;
    limits?: Limits;
    examples?: Settings[];
    gallery?: { film: ViewerState; shown: Shown }[];
  };
  trigger: (event: string) => void;
  watch: (name: "value", changed: () => void) => void;
  server: { ask: (question: Asked) => Promise<Answer> };
}

export interface PageState {
  run: Settings | null; // of the film on screen
  notes: string[]; // what is to be said of it
  cut: CutShown | null; // beside it
  facts: Facts | null; // of the model
  live: boolean;
  broken: string; // why the model could not be opened
  stopped: boolean; // by the visitor
  stop: () => void; // let the film be what it has become
  labels: { [key: string]: string };
  speaks: Promise<void>; // once its labels are there
  controls: { [name: string]: Control }; // of the lesson
  hand: Hand;
  viewer: OwnModel | null;
  bar: { prompt: HTMLTextAreaElement; settings: Settings; facts: Facts; running: boolean; develop: (wishes?: Partial<Settings>) => void } | null;
  firstFrame: { read: (file: File | undefined) => Promise<void> } | null; // where this page has one
  tell: (hand: Hand) => void; // gives the hand to Python
  untold: Hand | null; // as long as nobody is there to tell
  shown: Shown | null; // as Python knows it
  filmShown: ViewerState | null; // the finished film, or both
  shows: (shown: Shown) => void;
  film: (state: ViewerState) => void;
  wanted: { [name: string]: Control }; // how a card, or whoever moved them last, wants the lesson's controls
  sent: { [name: string]: Control }; // what Gradio's were told and have not reported yet
  story: { hear: (told: Told) => void; address: () => string; control: () => void; giveWay: () => void } | null;
  gallery: { film: ViewerState; shown: Shown }[]; // films that are there at once
  declared: string; // the film that the card brought
}

/** How everything stands while a card is read: story.py's `stands`. */
export interface CardTold {
  run: Partial<Settings>;
  viewer: { [name: string]: unknown };
  controls: { [name: string]: Control | null };
  measures: boolean;
}

/** What is asked when a card is turned to. */
export interface Wish {
  turn: number;
  card: string;
  own: boolean; // as it stands now, not as the card declares
  fresh: boolean; // measured anew, where an answer is kept
  measured: boolean; // a Predict is measured once somebody has guessed
  controls?: { [name: string]: Control }; // how they stand
}

/** What comes back, bit by bit. */
export interface Told {
  turn: number;
  card: string;
  film?: ViewerState;
  shown?: Shown;
  progress?: string;
  done?: number | null;
  said?: string;
  figure?: string;
  clips?: { clips: Clip[]; fps?: number };
  tracks?: ViewerState["tracks"];
  kept?: boolean;
  right?: string; // option of a guess
  over?: boolean;
}

/** What stood on a card when it was left. */
export interface Left {
  film: ViewerState;
  shown: Shown;
  hand: Hand & { map: Pick | null };
  controls: { [name: string]: Control };
  compare: Values["compare"];
}
