/** Copies of what was sent: each is passed on once, whole and in order. */
import { expect, test } from "@playwright/test";
import { inRoot } from "../harness/paths.js";
import { Random } from "../harness/random.js";

interface Copies {
  push(bytes: Uint8Array): number;
  drain(take: (bytes: Uint8Array) => void): void;
}

test("whatever comes while others are handed over", async () => {
  const module = (await import(inRoot("src/npm/socket/copies.ts"))) as { Copies: new () => Copies };
  for (let seed = 1; seed <= 50; seed += 1) {
    const random = new Random(seed);
    const copies = new module.Copies();
    const shared = new Uint8Array(600_000);
    const sent: number[][] = [];
    const heard: number[][] = [];
    let waiting = 0;
    const summary = (bytes: Uint8Array) => [
      bytes.length,
      bytes.reduce((sum, byte, at) => (sum * 31 + byte + at) % 1_000_003, 7),
    ];
    // The sender's memory, which is used again for each message.
    const push = () => {
      const most = random.below(20) === 0 ? shared.length : 5_000;
      const bytes = shared.subarray(0, random.below(most));
      bytes.fill(random.below(256));
      if (bytes.length > 0) bytes[random.below(bytes.length)] = random.below(256);
      sent.push(summary(bytes));
      waiting += 1;
      expect(copies.push(bytes)).toBe(waiting);
    };
    const drain = () => {
      waiting = 0;
      copies.drain((bytes) => {
        if (random.below(3) === 0) push();
        heard.push(summary(bytes));
      });
    };
    for (let step = 0; step < 20; step += 1) {
      if (random.below(3) > 0) push();
      else drain();
    }
    while (waiting > 0) drain();
    expect(heard, `seed ${seed}`).toEqual(sent);
  }
});
