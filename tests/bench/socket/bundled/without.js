import { begin } from "./viewer.js";

begin(WebSocket);
