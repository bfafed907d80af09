/**
 * carta-resume/carta-view: how CARTA's own viewer shows its work, for the option `view` of
 * `carta-resume/socket`. Nothing else of this package knows the viewer's own names.
 *
 * @module carta-resume/carta-view
 */
export { cartaView } from "./carta/view/index.js";

export type { IdPairs, KeptView, View, ViewAspect, ViewReport } from "./view.js";
