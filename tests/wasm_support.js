// What the browser tests need of the platform.

/** The address of the development backend that the tests are run beside. */
export async function backend() {
  const response = await fetch("/.tools/backend.json");
  return response.json();
}

/** Resolves with the client's status as soon as `test(status)` holds. */
export function statusThat(client, test) {
  return new Promise((resolve) => {
    let off = () => {};
    const check = (status) => {
      if (!test(status)) return;
      off();
      resolve(status);
    };
    off = client.on("status", check);
    check(client.status);
  });
}

/** Resolves with the first of a client's events. */
export function next(client, event) {
  return new Promise((resolve) => {
    const off = client.on(event, (value) => {
      off();
      resolve(value);
    });
  });
}

export async function post(url) {
  const response = await fetch(url, { method: "POST" });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
}

/** What the backend has of one session. */
export async function sessionOf(http, sessionId) {
  const response = await fetch(`${http}/control/sessions`);
  const { sessions } = await response.json();
  return sessions.find((session) => session.sessionId === sessionId && session.connected) ?? null;
}

/** A `confirmResume` that keeps the offer and answers later. */
export function question() {
  const asked = [];
  let wake = () => {};
  const confirm = (offer, signal) =>
    new Promise((answer) => {
      asked.push({ offer, signal, answer });
      wake();
    });
  const next = async (count) => {
    while (asked.length < count) await new Promise((resolve) => (wake = resolve));
    return asked[count - 1];
  };
  return { confirm, asked, next };
}

export const dispatch = (name) => globalThis.dispatchEvent(new Event(name));
export const json = (value) => JSON.stringify(value);
export const codeOf = (error) => (error instanceof Error ? error.code : String(error));
