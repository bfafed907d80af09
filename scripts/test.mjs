// `npm test`: runs all stages, those that are named, or a set of them. Continues after a failure;
// the last line counts everything.
import { Missing, main, say, seconds, watch } from "./lib/process.mjs";
import { forTests } from "./lib/setup.mjs";
import { sets, stages } from "./lib/stages.mjs";
import { Tally } from "./lib/tally.mjs";

const began = performance.now();

/** A time as minutes and seconds. */
function clock(ms) {
  const whole = Math.round(ms / 1000);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const since = (start) => clock(performance.now() - start);

/** Runs a stage. `place` is for example `2 of 5`. */
async function stage(name, place) {
  const tally = new Tally();
  const start = performance.now();
  say(`\n=== ${name}, stage ${place}`);
  try {
    await stages[name](testProgram(name, place, tally, start), tally);
  } catch (error) {
    console.error(error.message);
    tally.failed += 1;
  }
  if (tally.passed + tally.failed === 0) {
    console.error(`${name}: no test ran`);
    tally.failed += 1;
  }
  say(`${name}: ${counts(tally)}, ${since(start)}`);
  return { name, tally, ms: performance.now() - start };
}

const counts = ({ passed, failed }) => `${passed} passed, ${failed} failed`;

/**
 * Returns what runs a stage's test programs: it shows anything out of the ordinary as it comes, and
 * the progress every ten seconds.
 */
function testProgram(name, place, tally, start) {
  return async (command, args, { reader: Reader, env }) => {
    const reader = new Reader(tally);
    let last = "";
    const timer = setInterval(() => {
      const at = `${name} (${place}) ${tally.progress}`;
      say(`[${since(began)}] ${at}, ${since(start)}  ${tally.done === 0 ? last : ""}`.trimEnd());
    }, 10_000);
    const onLine = (line) => {
      if (/^\s*Compiling /.test(line)) last = line.trim().slice(0, 60);
      if (reader.line(line)) say(line);
    };
    const code = await watch(command, args, { env, quiet: true, onLine });
    clearInterval(timer);
    reader.end(code);
  };
}

/** The stages that the arguments name, each once and in order. */
function wanted(names) {
  const unknown = names.find((name) => !(name in stages) && !(name in sets));
  if (unknown)
    throw new Missing({
      what: `a stage called ${unknown}`,
      why: "to run it",
      type: [
        "npm test",
        ...["quick", ...Object.keys(stages), "all"].map((it) => `npm run test:${it}`),
      ],
    });
  const chosen = new Set(names.flatMap((name) => sets[name] ?? [name]));
  return Object.keys(stages).filter((name) => chosen.has(name));
}

/** The stages' counts and times, and the slowest tests. */
function summary(results) {
  say("");
  for (const { name, tally, ms } of results)
    say(`${name.padEnd(8)} ${counts(tally).padEnd(24)} ${clock(ms)}`);
  const times = results
    .flatMap(({ name, tally }) => tally.times.map((test) => ({ name, ...test })))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, 10);
  if (times.length > 0) say("\nThe slowest tests:");
  for (const { name, title, ms } of times)
    say(`${(ms / 1000).toFixed(1).padStart(6)} s  ${name}: ${title}`);
}

await main(async () => {
  const names = process.argv.slice(2);
  const chosen = wanted(names.length > 0 ? names : ["main"]);
  // If something could not be installed, only the stages that need it fail.
  if (chosen.includes("wasm")) {
    await forTests().catch(({ message }) => console.error(message));
    say(`set-up: ${seconds(began)}`);
  }
  const results = [];
  for (const [n, name] of chosen.entries())
    results.push(await stage(name, `${n + 1} of ${chosen.length}`));
  summary(results);
  const together = { passed: 0, failed: 0 };
  for (const { tally } of results) {
    together.passed += tally.passed;
    together.failed += tally.failed;
  }
  say(`\nTogether ${since(began)}`);
  process.exitCode = together.failed > 0 ? 1 : 0;
  say(counts(together));
});
