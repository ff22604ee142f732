export type { Json, JsonObject } from "../domain/json.ts";
