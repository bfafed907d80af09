// What the tests call: the question and the status line as a viewer's script would.
import { askUser, StatusLine } from "/ui/index.js";

const asked = [];
const keys = [];
for (const type of ["keydown", "keyup", "mousedown", "click", "wheel", "focusin"])
  document.addEventListener(type, (event) => keys.push(`${type} ${event.key ?? ""}`.trim()));

window.ui = {
  /** What the viewer's own shortcuts and menus would have heard. */
  keys,
  retries: 0,
  stops: 0,
  /** Asks; the outcome is kept until a test looks at it. */
  ask(offer, options) {
    const controller = new AbortController();
    const question = { offer, controller, outcome: null };
    askUser(offer, controller.signal, options).then(
      (answer) => (question.outcome = { answer }),
      (error) => (question.outcome = { withdrawn: String(error?.message ?? error) }),
    );
    return asked.push(question) - 1;
  },
  outcome: (number) => asked[number].outcome,
  withdraw: (number, why) => asked[number].controller.abort(new Error(why)),
  change: (number, change) => void Object.assign(asked[number].offer, change),
  broughtBack: 0,
  archived: (isPart) => window.ui.status.archived(() => window.ui.broughtBack++, isPart),
  line(options) {
    window.ui.status = new StatusLine({
      retry: () => window.ui.retries++,
      stop: () => window.ui.stops++,
      ...options,
    });
  },
};
