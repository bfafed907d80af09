// Browsers and their drivers, for the tests.
import { existsSync } from "node:fs";
import { capture, environment, Missing, step, which } from "./process.mjs";

const first = (names) => {
  for (const name of names) {
    const found = name.includes("/") ? existsSync(name) && name : which(name);
    if (found) return found;
  }
  return undefined;
};

const find = {
  chromium: () =>
    process.env.CHROMIUM ||
    first([
      "chromium",
      "chromium-browser",
      "google-chrome-stable",
      "google-chrome",
      "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    ]),
  chromedriver: () =>
    process.env.CHROMEDRIVER || first(["chromedriver", "/usr/lib/chromium/chromedriver"]),
  firefox: () =>
    process.env.FIREFOX ||
    first(["firefox-esr", "firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"]),
};

const packages = { chromium: "chromium", chromedriver: "chromium-driver", firefox: "firefox-esr" };
const names = { chromium: "Chromium", chromedriver: "chromedriver", firefox: "Firefox" };

export const found = (name) => find[name]();

/**
 * The paths of those of `chromium`, `chromedriver` and `firefox` that are named; what is missing is
 * installed in one go, where that is possible.
 */
export async function browsers(...wanted) {
  const missing = () => wanted.filter((name) => !find[name]());
  const install = missing().map((name) => packages[name]);
  if (install.length > 0 && which("apt-get") && process.getuid?.() === 0) {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await step("package lists of apt", "apt-get", ["update"], { env });
    await step(
      `apt packages ${install.join(" ")}`,
      "apt-get",
      ["install", "-y", "--no-install-recommends", ...install],
      { env },
    );
  }
  if (missing().length > 0) {
    const list = missing();
    throw new Missing({
      what: list.map((name) => names[name]).join(", "),
      why: "to run the tests in real browsers",
      type: which("apt-get")
        ? `sudo apt-get update && sudo apt-get install -y ${list.map((name) => packages[name]).join(" ")}`
        : list.map(
            (name) => `install ${names[name]}, then: export ${name.toUpperCase()}=/path/to/it`,
          ),
    });
  }
  if (wanted.includes("chromedriver")) sameVersion();
  return Object.fromEntries(wanted.map((name) => [name, find[name]()]));
}

function sameVersion() {
  const major = (file) =>
    /(\d+)\.\d+\.\d+/.exec(capture(file, ["--version"], { env: environment() }) ?? "")?.[1];
  const [browser, driver] = [major(find.chromium()), major(find.chromedriver())];
  if (!browser || !driver || browser === driver) return;
  throw new Missing({
    what: `a chromedriver for Chromium ${browser} (${find.chromedriver()} is for ${driver})`,
    why: "to run the tests in Chromium",
    type: "export CHROMEDRIVER=/path/to/a/matching/chromedriver",
  });
}
