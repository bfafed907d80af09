/** Removes everything that this page has stored for its backend. */
import type { ResumeClient } from "carta-resume";
import { ask } from "./confirm-dialog.js";
import { byId } from "./dom.js";
import { forgetView } from "./last-view.js";
import type { Viewer } from "./viewer.js";

export function offerForget(client: ResumeClient, viewer: Viewer): void {
  byId("forget", HTMLButtonElement).addEventListener("click", async () => {
    const sure = await ask({
      title: "Forget everything?",
      text: "What is open now and everything in the archive is removed from this browser, for this backend. The page then starts with an empty viewer.",
      yes: "Forget everything",
    });
    if (!sure) return;
    viewer.clear();
    forgetView();
    await client.close({ forget: true });
    location.reload();
  });
}
