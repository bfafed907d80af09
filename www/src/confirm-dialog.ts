/** A question before something that cannot be undone. Escape is a no. */
import { byId, setText } from "./dom.js";

export interface Question {
  title: string;
  text: string;
  /** The label of the button for a yes. */
  yes: string;
}

export function ask({ title, text, yes }: Question): Promise<boolean> {
  const dialog = byId("confirm-dialog", HTMLDialogElement);
  const button = byId("confirm-yes", HTMLButtonElement);
  setText(byId("confirm-title", HTMLElement), title);
  setText(byId("confirm-text", HTMLElement), text);
  setText(button, yes);
  return new Promise((resolve) => {
    const once = { once: true };
    button.onclick = () => dialog.close("yes");
    byId("confirm-no", HTMLButtonElement).onclick = () => dialog.close("no");
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), once);
    dialog.returnValue = "no";
    dialog.showModal();
    byId("confirm-no", HTMLButtonElement).focus();
  });
}
