// The viewer's list of floating widgets.
import { all, ask, tell } from "./ask.js";

export const floatingOf = (app: unknown): unknown[] =>
  all(ask(app, "widgetsStore.floatingWidgets"));

/** Out of the list and out of the stack; what it shows stays, and it can be added again. */
export function takeOut(app: unknown, widget: unknown): void {
  const key = ask(widget, "componentId") ?? ask(widget, "id");
  tell(app, "zIndexManager.updateIndexOnRemove", key);
  tell(app, "widgetsStore.floatingWidgets.splice", floatingOf(app).indexOf(widget), 1);
}
