// What the tests call: the question and the status line, used as by a viewer's script.
import { askUser, showSavedWork, StatusLine } from "/ui/index.js";

const asked = [];
const keys = [];
for (const type of ["keydown", "keyup", "mousedown", "click", "wheel", "focusin"])
  document.addEventListener(type, (event) => keys.push(`${type} ${event.key ?? ""}`.trim()));

window.ui = {
  /** What has reached the viewer's own shortcuts and menus. */
  keys,
  retries: 0,
  stops: 0,
  /** Asks; the outcome is kept until a test reads it. */
  ask(offer, { savedWork, ...options } = {}) {
    const controller = new AbortController();
    const question = { offer, controller, outcome: null };
    const number = asked.length;
    const others = (no) => {
      question.no = no;
      void window.ui.savedWork(savedWork, number);
    };
    const all = savedWork ? { ...options, others } : options;
    askUser(offer, controller.signal, all).then(
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
  line({ savedWork, ...options } = {}) {
    const archive = savedWork && { savedWork: () => window.ui.savedWork(savedWork) };
    window.ui.status = new StatusLine({
      retry: () => window.ui.retries++,
      stop: () => window.ui.stops++,
      ...archive,
      ...options,
    });
  },
  /** What was done with the archive. */
  did: [],
  /** Until then, the archive does not answer. */
  opened: Promise.resolve(),
  /** Shows the panel with these entries in the archive, on top of the question with this number. */
  savedWork(entries, number) {
    const { did } = window.ui;
    const archive = {
      async list() {
        await window.ui.opened;
        return entries;
      },
      async export(id) {
        did.push(`export ${id}`);
        if (id === undefined)
          throw Object.assign(new Error("nothing"), { code: "nothing-open-here" });
        return new Blob(["work"]);
      },
      async import(file) {
        await window.ui.opened;
        did.push(`import ${await file.text()}`);
        entries = [...entries, { ...entries[0], id: "new", why: "imported" }];
        return "new";
      },
      async delete(id) {
        did.push(`delete ${id}`);
        entries = entries.filter((entry) => entry.id !== id);
      },
    };
    const restore = ({ id }) => {
      asked[number]?.no();
      did.push(`restore ${id}`);
    };
    return showSavedWork(archive, { restore });
  },
};
