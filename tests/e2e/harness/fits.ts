/** A small FITS image made here, for tests that no fixture fits. */

const card = (text: string) => text.padEnd(80);
const number = (key: string, value: number) =>
  card(`${key.padEnd(8)}= ${String(value).padStart(20)}`);
const whole = (bytes: number) => Math.ceil(bytes / 2880) * 2880;

/**
 * 64 × 64 pixels whose values grow from corner to corner, and this many cards of 60 letters each.
 */
export function fitsWithManyCards(more: number): Buffer {
  const side = 64;
  const cards = [
    card(`SIMPLE  = ${"T".padStart(20)}`),
    number("BITPIX", -32),
    number("NAXIS", 2),
    number("NAXIS1", side),
    number("NAXIS2", side),
    ...Array.from({ length: more }, (_, n) => card(`${`K${n}`.padEnd(8)}= '${"x".repeat(60)}'`)),
    card("END"),
  ].join("");
  const header = Buffer.from(cards.padEnd(whole(cards.length)), "ascii");
  const data = Buffer.alloc(whole(4 * side * side));
  for (let pixel = 0; pixel < side * side; pixel += 1) data.writeFloatBE(pixel, 4 * pixel);
  return Buffer.concat([header, data]);
}
