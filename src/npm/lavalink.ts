/**
 * `carta-resume/lavalink`: {@link LavalinkNode}, the connection to a Lavalink v4 node that
 * survives drops and restarts of the bot.
 *
 * Field names are camelCase, durations are milliseconds unless a name says seconds, times
 * of day are epoch milliseconds.
 *
 * @module carta-resume/lavalink
 */
import { load } from "./lavalink/wasm.js";

await load();

export * from "./lavalink/api.js";
