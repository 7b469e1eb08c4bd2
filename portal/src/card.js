// Cards of a tier or a badge that members share: a picture, made here.

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** @param {string} text @param {number} most */
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** The card as an SVG.
 * @param {{title: string, line: string, shop: string, colour: string}} says */
export function card({ title, line, shop, colour }) {
  const text = (/** @type {number} */ y, /** @type {number} */ size, /** @type {string} */ words) =>
    `<text x="600" y="${y}" font-size="${size}" text-anchor="middle" fill="#fff" font-family="system-ui,sans-serif">${escaped(words)}</text>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 630" width="1200" height="630">` +
    `<rect width="1200" height="630" fill="${escaped(colour)}"/><circle cx="600" cy="150" r="70" fill="none" stroke="#fff" stroke-width="10"/>` +
    `<path d="M565 152l25 26 48-54" fill="none" stroke="#fff" stroke-width="12"/>` +
    text(340, 84, short(title, 26)) +
    text(430, 40, short(line, 54)) +
    text(560, 36, short(shop, 50)) +
    `</svg>`
  );
}

/** The same as a PNG.
 * @param {string} svg @returns {Promise<Blob>} */
export async function png(svg) {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = 1200;
    canvas.height = 630;
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}
