/** One session of a node: its socket, what waits for the client, and its players. */
import type { WebSocket } from "ws";
import type { Clock } from "./clock.js";
import { isPlaying, newPlayer, stats, type Message, type Player } from "./messages.js";

export const STATS_EVERY_S = 60;
export const PLAYER_UPDATE_EVERY_S = 5;

export class Session {
  resuming = false;
  /** The window, in seconds. */
  timeout = 60;
  readonly players = new Map<string, Player>();
  readonly #clock: Clock;
  #line: WebSocket | null;
  #isHalfOpen = false;
  #isEnded = false;
  #queue: Message[] = [];

  constructor(
    readonly id: string,
    readonly userId: string,
    line: WebSocket,
    clock: Clock,
  ) {
    this.#clock = clock;
    this.#line = line;
  }

  get isConnected(): boolean {
    return this.#line !== null;
  }

  /** The socket, if the node believes that there is one. */
  get line(): WebSocket | null {
    return this.#line;
  }

  /** Whether the network is gone and the node does not know. */
  get isHalfOpen(): boolean {
    return this.#isHalfOpen;
  }

  /** How many messages wait for the client. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Sends what a node sends first in a new session. */
  begin(): void {
    this.#send({ op: "ready", resumed: false, sessionId: this.id });
    this.#send(this.#stats());
    this.#repeat(STATS_EVERY_S, () => this.tell(this.#stats()));
    this.#repeat(PLAYER_UPDATE_EVERY_S, () => {
      for (const player of this.players.values()) {
        if (!isPlaying(player)) continue;
        player.state.position += PLAYER_UPDATE_EVERY_S * 1_000;
        this.updatePlayer(player);
      }
    });
  }

  /** Continues on another socket: first sends what has waited. */
  resume(line: WebSocket): void {
    this.#line = line;
    this.#send({ op: "ready", resumed: true, sessionId: this.id });
    const queue = this.#queue;
    this.#queue = [];
    for (const message of queue) this.#send(message);
    for (const player of this.players.values()) this.updatePlayer(player);
  }

  /** The socket is gone, and the node knows. */
  detach(): void {
    this.#line = null;
    this.#isHalfOpen = false;
  }

  /** The network is gone without the node's knowledge: what it sends from now on is lost. */
  becomeHalfOpen(): void {
    this.#isHalfOpen = true;
  }

  end(): void {
    this.#isEnded = true;
    this.#queue = [];
  }

  /** Sends something that waits for an absent client. */
  tell(message: Message): void {
    if (this.#line) this.#send(message);
    else this.#queue.push(message);
  }

  /** A playerUpdate, which does not wait. */
  updatePlayer({ guildId, state }: Player): void {
    const now = { ...state, time: Date.now() };
    if (this.#line) this.#send({ op: "playerUpdate", guildId, state: now });
  }

  /** Any text, for what no node would send. */
  sendText(text: string): void {
    if (!this.#isHalfOpen) this.#line?.send(text);
  }

  /** The player of a guild, made if there is none. */
  player(guildId: string): Player {
    const player = this.players.get(guildId) ?? newPlayer(guildId);
    this.players.set(guildId, player);
    return player;
  }

  #send(message: Message): void {
    this.sendText(JSON.stringify(message));
  }

  #stats(): Message {
    return { op: "stats", ...stats([...this.players.values()], this.#clock.now) };
  }

  #repeat(seconds: number, run: () => void): void {
    this.#clock.after(seconds, () => {
      if (this.#isEnded) return;
      run();
      this.#repeat(seconds, run);
    });
  }
}
