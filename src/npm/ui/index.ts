// The question, the panel of saved work and the status line for a viewer that brings none of its own.
export { askUser, type AskOptions } from "./question.js";
export { showSavedWork, type SavedWorkOptions } from "./saved-work.js";
export { StatusLine, type StatusLineOptions } from "./status-line.js";
export { ENGLISH, type GivenTexts, type Texts } from "./texts.js";
