import { getWorld } from "./registry.ts";
import { checkOutcome } from "./results.ts";

// The terminal sends it to all; the parent decides, and its end is the end of this process.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(1));

const [name = "", caseName = "", seed = "", cycles] = process.argv.slice(2);
const world = getWorld(name, cycles === undefined ? undefined : Number(cycles));
const outcome = await world.run({
  caseName,
  seed: Number(seed),
  onProgress: (share) => process.send?.({ share }),
});
const checked = checkOutcome(world, outcome);
process.send?.({ outcome: checked }, () => process.exit(0));
