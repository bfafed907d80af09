/** Tests with a stand-in for a node. */
import { test as base } from "@playwright/test";
import { StandIn } from "./stand-in/stand-in.js";

export { expect } from "@playwright/test";

export const test = base.extend<{ node: StandIn }>({
  node: async ({}, use) => {
    const node = await StandIn.start();
    await use(node);
    await node.close();
  },
});
