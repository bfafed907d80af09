// `carta-resume/socket`: a WebSocket that survives.
export { ResumableWebSocket } from "./socket/resumable.js";
export { install, uninstall } from "./socket/install.js";
export { ResumeError } from "./errors.js";
