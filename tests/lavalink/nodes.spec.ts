/** A bot with several nodes. */
import { Bot, expect, test } from "./bot.js";
import { fileStore } from "./package.js";
import { StandIn } from "./stand-in/stand-in.js";

test("each node has a session of its own, and the loss of one does not affect the other", async ({
  node,
  folder,
}) => {
  const other = await StandIn.start();
  const both = () => {
    const store = fileStore(folder);
    return [new Bot(node, { store }), new Bot(other, { id: "other", store })] as const;
  };
  const first = both();
  await Promise.all(first.map((bot) => bot.node.connect()));
  const [id, otherId] = [node.session().id, other.session().id];
  await Promise.all(first.map((bot) => bot.node.close()));
  for (const each of [node, other]) await each.until(() => !each.session().isConnected);

  // One crashes, and has forgotten everything afterwards.
  await other.restart({ isOrderly: false });
  const [second, otherSecond] = both();
  await Promise.all([second.node.connect(), otherSecond.node.connect()]);
  expect(second.life[0]).toEqual(["ready", { sessionId: id, resumed: true }]);
  expect(otherSecond.life).toEqual([
    ["lost", { sessionId: otherId, why: "node-restarted" }],
    ["ready", { sessionId: other.session().id, resumed: false }],
  ]);

  // The same while they are connected.
  await other.restart({ isOrderly: false });
  await otherSecond.until(() => otherSecond.life.length === 4);
  expect(otherSecond.life.at(-1)?.[1]).toMatchObject({ resumed: false });
  expect(second.life.filter(([event]) => event === "lost")).toEqual([]);
  expect(node.handshakes).toHaveLength(2);
  await Promise.all([second, otherSecond].map((bot) => bot.node.close()));
  await other.close();
});
