// What every consumer runs: the exports are there and the WebAssembly answers.
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
