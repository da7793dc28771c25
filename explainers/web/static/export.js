// Take it home: films, pictures, the recording, a page for offline, settings; and bring recordings and settings back.

/** @import { Island, Limits, Making, Settings, Wanted } from "./messages.d.ts" */
/** @typedef {Wanted & Making} Ordered what goes out, and what comes back */

import { copied, fill, make, within } from "./dom.js";
import { inPng, inSvg, sourceOf } from "./provenance.js";
import { asPng, plotPicture, viewPicture } from "./snapshot.js";
import { address, page } from "./state.js";

const FILES = [
  ["film.mp4", "mp4"], ["film.gif", "gif"], ["reel.mp4", "reel"], ["run.html", "page"], ["run.darkroom", "recording"],
]; // prettier-ignore
const SETTINGS = "darkroom-settings"; // what a file of settings says that it is
/** @type {Map<string, Settings>} */
const seen = new Map(); // runs that were on screen, by their text: to stand side by side

/** @param {Island<Ordered>} island */
export function mountHome(island) {
  new Export(within(island.element, ".home"), island);
}

/** The title of a card. @param {Element} card */
const titleOf = (card) => card.querySelector("h2, h3")?.textContent ?? "";

class Export {
  /** @param {HTMLElement} root @param {Island<Ordered>} island */
  constructor(root, { props, trigger, watch }) {
    this.root = root;
    this.props = props;
    this.trigger = trigger;
    const L = (this.L = props.labels ?? {});
    this.most = /** @type {Limits} */ (props.limits).file; // bytes
    this.offered = ""; // what a film can stand beside
    this.had = false; // a cut
    this.files = FILES.map(([what, name]) =>
      make("button", { type: "button", class: "file", "data-what": what, onclick: () => this.take(what) },
        make("strong", {}, L[`home.${name}`]), make("small", {}, L[`home.${name}.help`])));
    this.patch = make("input", { type: "checkbox" });
    this.patchNote = make("small", { class: "quiet" }, L["home.patch.help"]);
    this.beside = make("select", { "aria-label": L["home.beside"] });
    this.view = make("select", { "aria-label": L["home.view"] });
    for (const event of ["pointerdown", "focus"]) this.view.addEventListener(event, () => this.views());
    this.picker = make("input", { type: "file", accept: ".darkroom,.json", class: "unseen", tabindex: -1, "aria-hidden": "true",
      onchange: () => this.open(this.picker.files?.[0]) });
    this.bar = make("progress", { max: 1, "aria-label": L["home.making"] });
    this.cancel = make("button", { type: "button", onclick: () => this.stop() }, L.cancel);
    this.again = make("a", { class: "again", download: "" }, L["home.again"]);
    this.note = make("span", {});
    this.status = make("p", { class: "status", role: "status" }, this.note);
    this.working = make("div", { class: "working", hidden: true }, this.bar, this.cancel);
    this.build();
    watch("value", () => this.hear(props.value ?? {}));
    for (const settings of props.examples ?? []) this.remember(settings);
    page.addEventListener("run", () => this.follow());
    document.addEventListener("pointerup", () => setTimeout(() => this.follow(), 300)); // a cube may have been chosen
    this.dropping();
    this.follow();
  }

  build() {
    const { L } = this;
    /** @type {(title: string, ...inside: Element[]) => Element} */
    const group = (title, ...inside) =>
      make("section", {}, make("h3", {}, title), ...inside);
    const link = make("button", { type: "button", "data-copied": L["share.done"], onclick: () => copied(link, location.href) }, L["home.settings.link"]);
    this.root.append(
      make("h2", {}, L.home),
      group(L["home.this_run"],
        make("div", { class: "files" }, ...this.files),
        make("div", { class: "choices" },
          make("label", {}, this.patch, make("span", {}, L["home.patch"]), this.patchNote),
          make("label", {}, make("span", {}, L["home.beside"]), this.beside))),
      make("div", { class: "others" },
        group(L["home.this_view"],
          make("label", {}, make("span", {}, L["home.view"]), this.view),
          make("div", { class: "row" },
            make("button", { type: "button", "data-what": "png", onclick: () => this.picture("png") }, "PNG"),
            make("button", { type: "button", "data-what": "svg", onclick: () => this.picture("svg") }, "SVG"))),
        group(L["home.settings"],
          make("div", { class: "row" }, link,
            make("button", { type: "button", "data-what": "json", onclick: () => this.settings() }, L["home.settings.json"]))),
        group(L["home.bring"],
          make("div", { class: "row" },
            make("button", { type: "button", "data-what": "open", onclick: () => this.picker.click() }, L["home.open"]), this.picker),
          make("small", { class: "quiet" }, L["home.open.help"]))),
      this.working, this.status);
    this.views();
  }

  /** The film on screen is another, or a cube of it was chosen: what can be asked for follows. */
  follow() {
    const { L } = this;
    if (page.run?.prompt) this.remember(page.run);
    const chosen = Boolean(page.hand.patch);
    this.patch.disabled = !chosen;
    if (!chosen) this.patch.checked = false;
    this.patchNote.hidden = chosen;
    const others = [...seen].filter(([, settings]) => JSON.stringify(settings) !== JSON.stringify(page.run));
    const options = [["", L["home.beside.none"]], ...(page.cut ? [["cut", L["home.beside.cut"]]] : []), ...others.map(([name]) => [name, name])];
    const before = this.beside.value;
    if (JSON.stringify(options) === this.offered) return;
    this.offered = JSON.stringify(options);
    this.beside.replaceChildren(...options.map(([value, name]) => make("option", { value }, name)));
    this.beside.value = page.cut && !this.had ? "cut" : options.some(([value]) => value === before) ? before : "";
    this.had = Boolean(page.cut);
  }

  /** @param {Settings} settings */
  remember(settings) {
    seen.set(`${settings.prompt}, ${settings.seed}`, settings);
    const [oldest] = seen.keys();
    if (seen.size > 20) seen.delete(oldest);
  }

  /** What a picture can be made of: the film, and the plots that are drawn by now. */
  views() {
    const plots = [...document.querySelectorAll(".picture.plot, .card.cut")].filter((card) => card.querySelector(".main-svg"));
    const options = [make("option", { value: "" }, this.L["home.view.film"]),
      ...plots.map((card) => make("option", { value: card.id || card.querySelector("[id]")?.id }, titleOf(card)))];
    const before = this.view.value;
    if (this.view.length === options.length) return;
    this.view.replaceChildren(...options);
    this.view.value = before;
  }

  // --- files that the model's process makes

  /** @param {string} what */
  take(what) {
    const side = this.beside.value;
    const film = what.startsWith("film") || what === "run.html";
    this.working.hidden = false;
    this.begun = false; // the server has said nothing yet, and Gradio can't name what it would have to stop
    this.bar.removeAttribute("value");
    this.say(this.L["home.making"]);
    const beside = film && side ? (side === "cut" ? "cut" : (seen.get(side) ?? null)) : null;
    this.props.value = { what, patch: this.patch.checked, beside, asked: Date.now() };
    this.trigger("submit");
  }

  stop() {
    if (this.begun) this.trigger("stop");
    this.working.hidden = true;
    this.say(this.L["cancelled.picture"]);
  }

  /** @param {Making} making */
  hear({ done, message, error, address: at, name, size }) {
    if (error) {
      this.working.hidden = true;
      this.say(error);
    } else if (at) {
      this.working.hidden = true;
      this.say(fill(this.L["home.ready"], { name, size: this.megabytes(size ?? 0) }));
      Object.assign(this.again, { href: at, download: name ?? "" });
      this.status.append(" ", this.again);
      this.again.click();
    } else if (done !== undefined) {
      const first = !this.begun;
      this.begun = true;
      if (this.working.hidden) {
        if (first) this.trigger("stop"); // it was cancelled before it could be
        return; // else this was still on its way
      }
      if (typeof done === "number") this.bar.value = done;
      this.say(message ?? this.L["home.making"]);
    }
  }

  /** @param {number} size in bytes */
  megabytes(size) {
    return new Intl.NumberFormat(document.documentElement.lang || "en", { maximumSignificantDigits: 2 }).format(size / 1e6);
  }

  /** @param {string} text */
  say(text) {
    if (this.note.textContent !== text) this.note.textContent = text;
    this.again.remove();
  }

  // --- what the browser makes itself

  /** @param {"png" | "svg"} kind */
  async picture(kind) {
    const { L } = this;
    const title = page.run?.prompt ?? "";
    const card = this.view.value ? document.getElementById(this.view.value)?.closest(".card") : null;
    const root = document.querySelector("#film .darkroom");
    const told = [".steps output", ".frames output"].map((place) => root?.querySelector(place)?.textContent).filter(Boolean);
    const source = !card && page.run && sourceOf(page.run); // a plot is drawn from measurements
    const svg = card ? plotPicture(card, titleOf(card))
      : root && viewPicture(root, { title: `“${title}”`, told: told.join(" · "), about: source ? inSvg(source) : "" });
    if (!svg) return this.say(L["home.no_view"]);
    const png = kind === "png" ? await asPng(svg) : null;
    const blob = kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : png && source ? await inPng(png, source) : png;
    if (blob) this.save(blob, `${this.stem()}${card ? `-${this.view.value.replace(/^\w+-/, "")}` : ""}.${kind}`);
  }

  settings() {
    const all = { kind: SETTINGS, page: location.pathname.slice(location.pathname.lastIndexOf("/")), address: address(), run: page.run, controls: page.controls, viewer: page.hand };
    this.save(new Blob([JSON.stringify(all, null, 1)], { type: "application/json" }), `${this.stem()}.json`);
  }

  stem() {
    const words = (page.run?.prompt ?? "film").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60);
    return `${words}-${page.run?.seed ?? 0}`;
  }

  /** @param {Blob} blob @param {string} name */
  save(blob, name) {
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.say(fill(this.L["home.ready"], { name, size: this.megabytes(blob.size) }));
  }

  // --- what comes back

  dropping() {
    const cover = make("div", { class: "drop", hidden: true }, this.L["home.drop"]);
    this.root.append(cover);
    /** @param {DragEvent} event */
    const files = (event) => event.dataTransfer?.types.includes("Files");
    let depth = 0; // of elements under the hand
    /** @param {number} by */
    const show = (by) => (cover.hidden = (depth = Math.max(0, depth + by)) === 0);
    document.addEventListener("dragenter", (event) => files(event) && show(1));
    document.addEventListener("dragleave", (event) => files(event) && show(-1));
    document.addEventListener("dragover", (event) => files(event) && event.preventDefault());
    document.addEventListener("drop", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      show(-depth);
      this.open(event.dataTransfer?.files[0]);
    });
  }

  /** @param {File | undefined} file */
  async open(file) {
    if (!file) return;
    this.picker.value = "";
    const { L } = this;
    const name = file.name;
    if (page.firstFrame && /^(image|video)\//.test(file.type)) return page.firstFrame.read(file);
    const most = this.most / 2 ** 20; // MB
    /** @param {string} key */
    const refuse = (key) => this.say(fill(L[key], { name, most }));
    this.root.scrollIntoView({ block: "nearest" });
    this.say(fill(L["home.opening"], { name }));
    if (/\.json$/i.test(name)) return this.openSettings(file, refuse);
    if (file.size > this.most) return refuse("home.too_large");
    try {
      const answer = await fetch(`open?lang=${document.documentElement.lang}`, { method: "POST", body: file, headers: { "content-type": "application/octet-stream" } });
      if (answer.status === 413) return refuse("home.too_large");
      if (answer.status === 429) return refuse("home.too_often");
      const { settings, text } = await answer.json();
      if (!settings) return this.say(text);
      page.bar?.develop(settings);
      this.say(fill(L["home.opened"], { name }));
      document.getElementById("film")?.scrollIntoView({ block: "nearest" });
    } catch {
      refuse("home.not_ours");
    }
  }

  /** Settings are an address: the page that they name, standing as they say; it checks them like any other link. */
  /** @param {File} file @param {(key: string) => void} refuse */
  async openSettings(file, refuse) {
    try {
      const { kind, page: path, address: query } = JSON.parse(await file.slice(0, 65_536).text());
      if (kind !== SETTINGS || !/^\/[\w-]*$/.test(path) || !query.startsWith("?")) throw new Error();
      location.assign(`.${path}${query}`);
    } catch {
      refuse("home.not_ours");
    }
  }
}
