// The question and the status line for a viewer that brings none of its own.
export { askUser } from "./question.js";
export { StatusLine } from "./status-line.js";
export { ENGLISH } from "./texts.js";
