// The attributes of `carta-resume-install.js`'s own element, as options. What is wrong
// with them is found by `install()` and by the client, which name it.
import type { InstallOptions } from "./socket/install.js";

const GROUPS = ["heartbeat", "timeouts", "backoff"] as const;

const isOff = (text: string): boolean => text === "off" || text === "false";

/** A number, or what is no number, as it is. */
function value(text: string): number | string {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? text : number;
}

/** `data-backoff-max-ms="2000"` is `backoff: { maxMs: 2000 }`. */
function group(name: string, data: DOMStringMap): object | false | string | undefined {
  const whole = data[name];
  if (whole !== undefined) return isOff(whole) ? false : whole;
  const options: Record<string, number | string> = {};
  for (const [key, text] of Object.entries(data)) {
    const option = key.slice(name.length);
    if (!key.startsWith(name) || option[0] === option[0]?.toLowerCase()) continue;
    options[option.charAt(0).toLowerCase() + option.slice(1)] = value(text ?? "");
  }
  return Object.keys(options).length > 0 ? options : undefined;
}

export function scriptOptions(data: DOMStringMap): InstallOptions {
  const { match, user, rebuild = "", storage } = data;
  const options: Record<string, unknown> = { rebuild: !isOff(rebuild) };
  if (match !== undefined) options["match"] = match;
  // An empty one names nobody.
  if (user) options["user"] = user;
  if (storage) options["storage"] = storage;
  for (const name of GROUPS) {
    const given = group(name, data);
    if (given !== undefined) options[name] = given;
  }
  return options;
}
