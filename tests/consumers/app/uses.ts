// Checks that the types are found, and that they describe what the package does.
import { EventType, ResumeClient, ResumeError, type ResumeOffer, type Status } from "carta-resume";
import { fileStore, LavalinkNode, type SessionStore } from "carta-resume/lavalink";
import {
  install,
  ResumableWebSocket,
  ResumeError as SocketError,
  uninstall,
  type InstallOptions,
  type Resumption,
} from "carta-resume/socket";
import { init } from "carta-resume/web";

export const client = new ResumeClient({
  url: "ws://localhost:3002/",
  confirmResume: (offer: ResumeOffer) => offer.images.length > 0,
});
export const phase: Status["phase"] = client.status.phase;
export const opening: 4 = EventType.OPEN_FILE;
export const loaded: Promise<void> = init();

const options: InstallOptions = { match: /^wss:/, user: "ann", confirmResume: () => true };
install(options);
uninstall();
export const socket: WebSocket = new ResumableWebSocket("ws://localhost:3002/", [], {
  user: "ann",
});
export const resumption: Resumption | null = new ResumableWebSocket(new URL(socket.url)).resume;
export const isSame: typeof ResumeError = SocketError;

const store: SessionStore = fileStore("sessions");
const node = new LavalinkNode({ id: "main", host: "localhost", userId: "1", store });
export const stop: () => void = node.on("ready", ({ resumed }) => resumed);

// @ts-expect-error: an option that does not exist
install({ macth: "ws:" });
// @ts-expect-error: a client has to ask
new ResumeClient({ url: "ws://localhost:3002/" });
