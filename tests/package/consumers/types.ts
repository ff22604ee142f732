// Every result is exported without a type of its own, so each must have a name that a declaration can use.
import {
  type Configuration,
  createEngine,
  createRandom,
  createServer,
  openStore,
  parseConfiguration,
  userId,
} from "recurve";
import { createClient } from "recurve/sdk";

export const configuration: Configuration = parseConfiguration();

export async function open() {
  const store = await openStore(":memory:");
  const options = { clock: Date.now, random: createRandom(1), createId: () => "id" };
  const engine = await createEngine({ store, configuration, ...options });
  return { store, engine };
}

type Opened = Awaited<ReturnType<typeof open>>;
export const client = createClient({ baseUrl: "http://127.0.0.1:7400" });
export const serve = ({ engine }: Opened) => createServer({ engine } as never);
export const recommend = ({ engine }: Opened) => engine.recommend({ userId: userId("ada") });
