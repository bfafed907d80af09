// What every consumer runs: the exports exist and the WebAssembly answers.
export function check({ ResumeClient, ResumeError, EventType, encodeFrame, decodeFrame }) {
  const frame = encodeFrame({
    eventType: EventType.REGISTER_VIEWER,
    requestId: 7,
    payload: new Uint8Array([8, 5]),
  });
  const { eventType, requestId, payload } = decodeFrame(frame);
  let code;
  try {
    new ResumeClient({});
  } catch (error) {
    code = error instanceof ResumeError ? error.code : `not a ResumeError: ${error}`;
  }
  const ask = { url: "ws://127.0.0.1:9/", confirmResume: () => false };
  const client = new ResumeClient(ask);
  const { phase } = client.status;
  client.free();
  return JSON.stringify({ eventType, requestId, payload: [...payload], code, phase });
}

/**
 * Whether the part that keeps sessions in the browser was found and loaded: it opens its database
 * before there is a connection.
 */
export async function checkStorage({ ResumeClient }) {
  const client = new ResumeClient({ url: "ws://127.0.0.1:9/", confirmResume: () => false });
  const outcome = await new Promise((resolve) => {
    client.on("error", ({ code, message }) => resolve(`${code}: ${message}`));
    client.on("status", ({ phase }) => {
      if (phase === "waiting") resolve("");
    });
    client.connect().catch(() => {});
  });
  await client.close();
  if (outcome) return outcome;
  const databases = await indexedDB.databases();
  return databases.some(({ name }) => name === "carta-resume") ? "stored" : "no database";
}
