// Every case: `{ name, run(tools), expected, plainOnly? }`. `run` returns what a page can observe;
// `expected` is what it must be. `plainOnly` says why a case is not run again after
// REGISTER_VIEWER.
import { closing } from "./cases/closing.js";
import { constructing } from "./cases/constructing.js";
import { dispatching } from "./cases/dispatching.js";
import { handlers } from "./cases/handlers.js";
import { interfaces } from "./cases/interface.js";
import { lifetime } from "./cases/lifetime.js";
import { listeners } from "./cases/listeners.js";
import { messages } from "./cases/messages.js";
import { registered } from "./cases/registered.js";
import { sending } from "./cases/sending.js";
import { serverEnds } from "./cases/server-ends.js";
import { states } from "./cases/states.js";

const groups = {
  constructing,
  interface: interfaces,
  states,
  sending,
  messages,
  handlers,
  listeners,
  dispatching,
  closing,
  "server ends": serverEnds,
  registered,
  lifetime,
};

export const cases = Object.entries(groups).flatMap(([group, list]) =>
  list.map((one) => ({ ...one, name: `${group}: ${one.name}` })),
);
