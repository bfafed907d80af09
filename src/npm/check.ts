// The means to check what a viewer passes in, so that what is wrong is refused by name.
import { ResumeError } from "./errors.js";

/** Throws if the value is not what it must be; `name` says which one it is. */
export type Check = (value: unknown, name: string) => void;

export const wrong = (message: string): ResumeError => ResumeError.of("invalid-option", message);

export const is =
  (expected: string, test: (value: unknown) => boolean): Check =>
  (value, name) => {
    if (!test(value)) throw wrong(`${name} must be ${expected}.`);
  };

export const text = is("a string", (value) => typeof value === "string");
export const flag = is("true or false", (value) => typeof value === "boolean");
export const callback = is("a function", (value) => typeof value === "function");
/** What is checked elsewhere, or by nobody. */
export const any: Check = () => {};

const within = (value: unknown, from: number, to: number): boolean =>
  typeof value === "number" && value >= from && value <= to;

export const number = (from: number, to: number): Check =>
  is(`a number from ${from} to ${to}`, (value) => within(value, from, to));
export const whole = (from: number, to: number): Check =>
  is(
    `a whole number from ${from} to ${to}`,
    (value) => within(value, from, to) && Number.isInteger(value),
  );
export const oneOf = (...words: string[]): Check =>
  is(words.map((word) => `"${word}"`).join(" or "), (value) => words.includes(value as string));

export const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;

/**
 * An object with these properties and no others: an unknown one is a misspelt one.
 * `undefined` is missing, `null` is not.
 */
export const object =
  <T>(checks: Record<keyof T & string, Check>, ...required: (keyof T & string)[]): Check =>
  (value, name) => {
    if (!isObject(value)) throw wrong(`${name || "options"} must be an object.`);
    const given = value as Record<string, unknown>;
    const path = name && `${name}.`;
    const known = Object.keys(checks) as (keyof T & string)[];
    for (const key of Object.keys(given)) {
      if (!(known as string[]).includes(key)) {
        throw wrong(`${path}${key} is not known. Known: ${known.join(" ")}.`);
      }
    }
    for (const key of known) {
      const property = given[key];
      if (property !== undefined || required.includes(key)) checks[key](property, path + key);
    }
  };

/** An array whose elements are all like this. */
export const each =
  (check: Check): Check =>
  (value, name) => {
    if (!Array.isArray(value)) throw wrong(`${name} must be an array.`);
    // Holes count too.
    for (const element of value) check(element, name);
  };

/** Something else is allowed, too. */
export const or =
  (isAllowed: (value: unknown) => boolean, check: Check): Check =>
  (value, name) => {
    if (!isAllowed(value)) check(value, name);
  };
