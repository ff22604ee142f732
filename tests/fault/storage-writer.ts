import { userId } from "../../src/domain/ids.ts";
import { openSqliteStore } from "../../src/storage/sqlite/open.ts";
import { sampleEvent } from "../support/sample.ts";

// A process of its own for the fault tests: `storage-writer.ts <database> <name> <events>` writes events with ids
// `<name>-<number>` from eight writers at once, and prints each id once it is acknowledged.
const [path = "", name = "", events = "0"] = process.argv.slice(2);
const store = await openSqliteStore(path);
let last = 0;

async function write(): Promise<void> {
  while (last < Number(events)) {
    last += 1;
    const eventId = `${name}-${last}`;
    const event = sampleEvent({ eventId, userId: userId(name) });
    await store.events.record([{ event }]);
    process.stdout.write(`${eventId}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, write));
await store.close();
