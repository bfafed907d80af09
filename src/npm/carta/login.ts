// The login behind one socket of a CARTA viewer: with which token to connect now, and
// who that is.
import { pageSettings, refresh, type Answer } from "./refresh.js";
import { claimsOf, hasEnded, isValid, tokenOf, withToken } from "./token.js";
import { viewersToken } from "./viewer.js";

/** An error that tells the client why there is no address. */
const because = (code: "login-required" | "other-user" | "connection-lost"): Error =>
  Object.assign(new Error(code), { code });

export class Login {
  /** As the viewer gave it. */
  readonly #first: string;
  /** Of the newest attempt. */
  #address: string;
  /** What was given on request last. */
  #given: { token: string; username: string | undefined } | undefined;

  constructor(first: string) {
    this.#first = this.#address = first;
  }

  /** The address for an attempt: with a token that is of use, if there is one. */
  address(attempt: number): string | Promise<string> {
    if (!tokenOf(this.#first)) return this.#first;
    const known = this.#known();
    if (attempt <= 1 && !hasEnded(known)) return this.#with(known);
    return this.#renewed(known);
  }

  /** The address comes from elsewhere. */
  note<Address>(address: Address): Address {
    this.#address = `${address}`;
    return address;
  }

  /** Whose session it is: "" where nobody logs in, `null` if that cannot be found out. */
  user(): string | null | Promise<string | null> {
    const token = tokenOf(this.#address);
    const claims = claimsOf(token);
    const name = claims?.username ?? this.#nameFor(token);
    if (name !== undefined) return name;
    if (viewersToken() === undefined) return claims ? null : "";
    return this.#ask(claims !== undefined);
  }

  /** The best token that there is in this page. */
  #known(): string {
    const end = (token: string) => claimsOf(token)?.end ?? 0;
    const others = [this.#given?.token ?? "", tokenOf(this.#address)];
    const longest = (best: string, token: string) => (end(token) > end(best) ? token : best);
    return others.reduce(longest, viewersToken() || tokenOf(this.#address));
  }

  #with(token: string): string {
    const owner = claimsOf(tokenOf(this.#first))?.username;
    // Whatever the page says of its user: this is not the one who has opened it.
    if (owner !== undefined && claimsOf(token)?.username !== owner) throw because("other-user");
    this.#address = withToken(this.#first, token);
    return this.#address;
  }

  /** After an attempt with a token that should have worked, or for one that has expired. */
  async #renewed(known: string): Promise<string> {
    const answer = await this.#refresh();
    if (typeof answer === "object") return this.#with(answer.token);
    // A token that is certainly valid is tried, whatever the server says.
    if (answer === "none" || isValid(known)) return this.#with(known);
    if (answer === "silent" && !hasEnded(known)) return this.#with(known);
    throw because(answer === "refused" ? "login-required" : "connection-lost");
  }

  async #refresh(): Promise<Answer> {
    // No other page is asked anything.
    const answer = viewersToken() === undefined ? "none" : await refresh();
    if (typeof answer === "object") this.#given = answer;
    return answer;
  }

  #nameFor(token: string): string | undefined {
    return this.#given?.token === token ? this.#given.username : undefined;
  }

  /** The token does not name the user; the server that gives out tokens does. */
  async #ask(isLogin: boolean): Promise<string | null> {
    const settings = await pageSettings();
    if (!settings) return null;
    if (!settings.hasLogin && !isLogin) return "";
    const answer = await this.#refresh();
    return typeof answer === "object" ? (answer.username ?? null) : null;
  }
}
