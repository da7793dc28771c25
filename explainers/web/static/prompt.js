// A prompt as words: which of them the model never learned, and what a tapped word does to it.

const WORD = /[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu;

/** Each word and what stands between, in order; `known: null` for what is no word. @param {string} text @param {Set<string> | null} known */
export function pieces(text, known) {
  /** @type {{ text: string, known: boolean | null }[]} */
  const found = [];
  let end = 0;
  for (const { 0: word, index } of known ? text.matchAll(WORD) : []) {
    found.push({ text: text.slice(end, index), known: null }, { text: word, known: Boolean(known?.has(word.toLowerCase())) });
    end = index + word.length;
  }
  return [...found, { text: text.slice(end), known: null }].filter((piece) => piece.text);
}

/** Whether all words of `phrase` are there. @param {string} text @param {string} phrase */
export function holds(text, phrase) {
  const there = new Set(text.toLowerCase().match(WORD) ?? []);
  return phrase.toLowerCase().split(" ").every((word) => there.has(word));
}

/** A tapped word takes the place of one of its kind, or stands at the end. @param {string} text @param {string} word @param {string[]} kind */
export function tapped(text, word, kind) {
  const escaped = kind.map((other) => other.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).sort((a, b) => b.length - a.length);
  const one = new RegExp(`(?<![\\p{L}])(${escaped.join("|")})(?![\\p{L}])`, "iu");
  const said = text.trim();
  return one.test(said) ? said.replace(one, word) : `${said} ${word}`.trim();
}
