// The window of a PV preview for which nothing comes any more.
import { ask, call, tell } from "./ask.js";
import { floatingOf } from "./floating.js";

/** As the viewer does when the user closes it, but for the image that the user works with. */
export function closePreview(app: unknown, previewId: number): void {
  const generator = `pv-generator-${previewId}`;
  const panel = call(app, "widgetsStore.pvGeneratorWidgets.get", generator);
  const preview = ask(panel, "previewFrame");
  const [image, frame] = [ask(app, "activeImage"), ask(app, "activeFrame")];
  // The window first: 4.1.0 cannot draw it without its image.
  const windows = floatingOf(app).filter((each) => ask(each, "type") === "pv-preview");
  for (const each of windows)
    if (ask(each, "parentId") === generator)
      tell(app, "widgetsStore.removeFloatingWidget", ask(each, "id"));
  tell(panel, "removePreviewFrame", previewId);
  if (frame && frame !== preview)
    tell(app, "setActiveImage", image) || tell(app, "setActiveFrame", frame);
}
