// What travels between the viewer, whoever hosts it, and the packs that it is given. ../README.md says what it means.

import type { LABELS } from "./words.js";

export type Labels = { [key in keyof typeof LABELS]: string };
export type Bytes = Uint8Array<ArrayBuffer>;
export type Source = string | ArrayBuffer | ArrayBufferView; // an address, or bytes
export type FilmName = "a" | "b";

// ------------------------------------------------------------------------------------------------------------- packs

export type Place = [offset: number, length: number];
export type At = (place: Place) => Bytes;

/** One of the pictures that a step holds: all its frames in one image, row by row. */
export interface Kind {
  mime: string;
  width: number;
  height: number;
  frames: number;
  cols: number;
  gutter: number;
  crisp: boolean;
  frame_of: number[] | null;
}

export interface Grid {
  frames: number;
  rows: number;
  cols: number;
  frame_of: number[]; // film frame -> latent frame
}

export interface MapBank {
  what: Pick["what"];
  name: string;
  label: string;
  normalised: string;
  unit: string;
  steps: number[] | null; // null: it holds for all of them
  tiles: { over: Over; shape: number[]; at: Place; ranges: Place }[];
}

export interface StepHead {
  sigma: number;
  images: { [kind: string]: Place };
  peaks?: Place;
  sound?: Place;
}

export interface StepPackHead extends StepHead {
  id: string;
  index: number;
  kinds: { [kind: string]: Kind };
}

export interface FilmHead {
  id: string;
  title: string;
  frames: number;
  fps: number;
  width: number;
  height: number;
  total: number;
  kinds: { [kind: string]: Kind };
  steps: StepHead[];
  grid?: Grid | null;
  words?: { text: string; known?: boolean }[] | null;
  sound?: { slices: number; mime: string } | null;
  maps?: MapBank[] | null;
}

/** A step that has arrived, and how to get at its bytes. */
export type Step = StepHead & { at: At };

// --------------------------------------------------------------------------------------------- questions and answers

export type Pick =
  | { what: "patch"; frame: number; row: number; col: number } // frame, row and column of the patch grid
  | { what: "word"; index: number; film?: "b" } // film: for a word that only the second prompt has
  | { what: "sound"; index: number; film?: undefined }
  | { what: "map"; name: string; film?: undefined };

export type Over = "patches" | "words" | "sound";

export interface Tile {
  shape: number[];
  bytes: Uint8Array;
  lo: number; // what byte 0 means
  hi: number; // what byte 255 means
}

export interface HeatMap {
  step: number;
  label: string;
  normalised: string;
  unit: string;
  text: string;
  tiles: { [over in Over]?: Tile };
}

export type Question = { kind: "ask"; id: number; film: FilmName; step: number } & Pick;

export interface MapAnswer {
  kind: "map";
  id: number;
  label?: string;
  normalised?: string;
  unit?: string;
  text?: string;
  layer?: string; // of the lesson: whose card says the text too
  tiles: { over: Over; shape: number[]; lo: number; hi: number; buffer?: number; data?: string }[];
}

export interface Failure {
  kind: "error";
  id: number;
  text: string;
  layer?: string;
}

export interface StepArrived {
  kind: "step";
  film?: FilmName;
}

export type Answer = MapAnswer | Failure;
export type Message = Answer | StepArrived;

// ------------------------------------------------------------------------------------------------- the host's model

/** What the hand moves; both ways. */
export interface Values {
  step: number; // -1 for the last
  frame: number;
  layer: "x0" | "noisy" | "difference";
  view: "film" | "frames" | "stack";
  compare: "divider" | "side" | "difference" | "a";
  divider: number;
  grid: boolean;
  crisp: boolean;
  pick: Pick | null;
}

/** A place in each frame, in shares of width and height; null where there is none. */
export type Points = ([x: number, y: number] | null)[];

/** Where something was found, drawn as dots up to the frame that is seen; lines that belong to it, drawn whole. */
export interface Track {
  found: Points;
  lines: Points[];
}

export interface ViewerState extends Values {
  pack: Source;
  pack_b: Source;
  steps: Source[];
  steps_b: Source[];
  state: "" | "loading" | "live" | "error";
  message: string;
  playing: boolean;
  loop: boolean;
  sound: "off" | FilmName;
  asks: Pick["what"][];
  context: string;
  parts: string[] | null;
  titles: string[]; // of both films, where they have none of their own
  tracks: { [film in FilmName]?: Track }; // drawn over them
  fill: boolean; // the film takes the room that its host leaves
  highlight: string | null;
  labels: Partial<Labels>;
}

export interface Model {
  get<Key extends keyof ViewerState>(key: Key): ViewerState[Key] | undefined;
  set<Key extends keyof ViewerState>(key: Key, value: ViewerState[Key] | undefined): void;
  save_changes(): void;
  on(event: string, listener: (...values: any[]) => void): void;
  off(event: string, listener: (...values: any[]) => void): void;
  send(message: Question): void;
}

/** The model of a host that has none of its own, see model.js. */
export interface OwnModel extends Model {
  receive(message: Message, buffers?: Source[]): void;
  update(next: Partial<ViewerState>): void;
}

// ----------------------------------------------------------------------------------------------- within the viewer

/** A rectangle that shows one frame of one film; `frame: null` is the frame on screen. */
export interface Cell {
  film: FilmName | "split" | "difference";
  frame: number | null;
  main: boolean;
  x: number;
  y: number;
  w: number;
  h: number;
}

/** What lies under a hand. */
export interface Hit {
  frame: number;
  main: boolean; // the film itself, not a small frame beside it
  latent?: number;
  row?: number;
  col?: number;
}

/** What the parts of the viewer may ask of the whole. */
export interface Actions {
  change(values: Partial<Values>): void; // now, and the host is told when the hand rests
  tell(values: Partial<ViewerState>): void; // the host alone
  pick(pick: Pick | null): void;
  letGo(): void;
  look(pick: Pick | null): void; // under the mouse or the focus
  hover(hit: Hit | null): void;
  choose(hit: Hit): void;
  goToStep(step: number): void;
  goToFrame(frame: number): void;
  play(on: boolean): void;
  develop(on: boolean): void;
  key(event: KeyboardEvent): void;
  turn(x: number, y: number): void;
  invalidate(): void;
}
