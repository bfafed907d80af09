/** The built package, as Node loads it. */
const built = new URL("../../dist/lavalink-node.js", import.meta.url).href;

export const { fileStore, LavalinkNode, ResumeError } = (await import(
  built
)) as typeof import("carta-resume/lavalink");

export type { LavalinkNodeOptions, LavalinkPlayer, NodeMessage } from "carta-resume/lavalink";
