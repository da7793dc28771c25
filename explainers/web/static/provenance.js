// What this page writes says that a model made it, as explainers/provenance.py says it of all other files.
//
//     const source = sourceOf(page.run);
//     `<svg>${inSvg(source)}…</svg>`;
//     const blob = await inPng(await asPng(svg), source);

/** @import { Settings } from "./messages.d.ts" */

const CODES = "http://cv.iptc.org/newscodes/digitalsourcetype/";

/** Of a run that begins with somebody's own picture or film, the one or the other is still in it. @param {Settings} run */
export const sourceOf = (run) => CODES + (run.picture ? "compositeWithTrainedAlgorithmicMedia" : "trainedAlgorithmicMedia");

/** @param {string} source */
const description = (source) =>
  '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">' +
  `<Iptc4xmpExt:DigitalSourceType>${source}</Iptc4xmpExt:DigitalSourceType><xmp:CreatorTool>Darkroom</xmp:CreatorTool>` +
  "</rdf:Description></rdf:RDF>";

/** The packet. @param {string} source */
export const xmp = (source) =>
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
  `${description(source)}</x:xmpmeta><?xpacket end="w"?>`;

/** @param {string} source */
export const inSvg = (source) => `<metadata>${description(source)}</metadata>`;

/** The same picture with a chunk of text behind its header. @param {Blob} png @param {string} source */
export async function inPng(png, source) {
  const body = new TextEncoder().encode(`iTXtXML:com.adobe.xmp\0\0\0\0\0${xmp(source)}`); // not compressed, in no language
  const chunk = new DataView(new ArrayBuffer(body.length + 8));
  chunk.setUint32(0, body.length - 4);
  new Uint8Array(chunk.buffer).set(body, 4);
  chunk.setUint32(4 + body.length, crc(body));
  const HEAD = 33; // signature and IHDR
  return new Blob([png.slice(0, HEAD), chunk.buffer, png.slice(HEAD)], { type: "image/png" });
}

/** As PNG takes it: 32 bits of a polynomial's remainder. @param {Uint8Array} bytes */
function crc(bytes) {
  let left = ~0;
  for (const byte of bytes) {
    left ^= byte;
    for (let bit = 0; bit < 8; bit++) left = (left >>> 1) ^ (left & 1 ? 0xedb88320 : 0);
  }
  return ~left >>> 0;
}
