/**
 * The sessions of a node. Connected ones are in one table; parked ones, which wait for their
 * client, are in another. REST looks only into the first.
 */
import { randomInt } from "node:crypto";
import type { WebSocket } from "ws";
import type { Clock, Timer } from "./clock.js";
import { Session } from "./session.js";

interface Parked {
  session: Session;
  timer: Timer;
}

export class Sessions {
  readonly #connected = new Map<string, Session>();
  readonly #parked = new Map<string, Parked>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get connected(): Session[] {
    return [...this.#connected.values()];
  }

  get all(): Session[] {
    return [...this.connected, ...[...this.#parked.values()].map(({ session }) => session)];
  }

  /** The connected session with this id. */
  find(id: string): Session | undefined {
    return this.#connected.get(id);
  }

  /**
   * What a handshake does before its answer: stops the timer of a parked session. Returns whether
   * it could, which is the value of `Session-Resumed`.
   */
  claim(id: string): boolean {
    const parked = this.#parked.get(id);
    return parked !== undefined && this.#clock.cancel(parked.timer);
  }

  /** What follows the handshake: the parked session with this id continues, or a new one begins. */
  connect(line: WebSocket, userId: string, id: string | undefined): Session {
    const parked = id === undefined ? undefined : this.#parked.get(id);
    if (parked) {
      const { session } = parked;
      this.#parked.delete(session.id);
      this.#connected.set(session.id, session);
      session.resume(line);
      return session;
    }
    const session = new Session(newId(), userId, line, this.#clock);
    this.#connected.set(session.id, session);
    session.begin();
    return session;
  }

  /** The node notices that a session's socket is gone. */
  lose(session: Session): void {
    if (!this.#connected.delete(session.id)) return;
    session.detach();
    if (!session.resuming) return session.end();
    const timer = this.#clock.after(session.timeout, () => this.expire(session.id));
    this.#parked.set(session.id, { session, timer });
  }

  /** The window of a parked session is over. */
  expire(id: string): void {
    const parked = this.#parked.get(id);
    if (!parked) throw new Error(`No session ${id} is parked`);
    this.#clock.cancel(parked.timer);
    this.#parked.delete(id);
    parked.session.end();
  }
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

const newId = (): string =>
  Array.from({ length: 16 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join("");
