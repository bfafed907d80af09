/** Buttons that make the development backend misbehave, if it allows that. */
import { byId } from "./dom.js";

const ORDERS: readonly (readonly [string, string])[] = [
  ["fault-drop", "drop"],
  ["fault-restart", "restart"],
  ["fault-stall", "stall?ms=20000"],
];

/** Shows the buttons if the backend accepts such commands. */
export async function offerFaults(control: string, failed: (text: string) => void): Promise<void> {
  try {
    if (!(await fetch(`${control}sessions`)).ok) return;
  } catch {
    return;
  }
  for (const [id, order] of ORDERS) {
    byId(id, HTMLButtonElement).addEventListener("click", () => {
      fetch(control + order, { method: "POST" })
        .then((answer) => {
          if (!answer.ok) throw new Error();
        })
        .catch(() => failed("The backend did not accept the command."));
    });
  }
  byId("faults", HTMLElement).hidden = false;
}
