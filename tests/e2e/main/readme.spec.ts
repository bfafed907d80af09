/** The README's example works when it is pasted. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../harness/paths.js";
import { expect, test } from "../harness/test.js";

test("the example asks after a restart, and the image is back", async ({
  backend,
  page,
  viewer,
}) => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const example = /```ts\n([^]*?)```/.exec(readme)?.[1] ?? "";
  expect(example.split("\n").length).toBeLessThan(30);
  expect(example).toContain('"ws://localhost:3002/"');
  const questions: string[] = [];
  page.on("dialog", async (dialog) => {
    questions.push(dialog.message());
    await dialog.accept();
  });
  await page.addScriptTag({
    type: "module",
    content: example.replace('"ws://localhost:3002/"', JSON.stringify(backend.url)),
  });
  await expect.poll(async () => (await backend.sessions())[0]?.images).toHaveLength(1);
  await backend.crashAndRestart();
  await expect.poll(() => viewer.console, { timeout: 15_000 }).toContain("back: [0]");
  expect(questions).toEqual(["Restore a.fits?"]);
  expect((await backend.sessions())[0]?.images).toMatchObject([{ fileId: 0, file: "a.fits" }]);
});
