import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { EngineError } from "../../domain/errors.ts";
import type { KeyedHash } from "../../storage/pseudonym-store.ts";
import type { KeySource, PseudonymSettings } from "../configuration/privacy-schema.ts";

/** As many as 256 bits in hexadecimal have twice over; fewer could be guessed. */
const leastCharacters = 32;

/** A key that was read, which nothing writes down. */
export interface PseudonymKeyring {
  /** Present key first. */
  readonly names: readonly string[];
  hash(id: string): readonly KeyedHash[];
}

const refuse = (field: string, problem: string) =>
  new EngineError("invalid_configuration", `${field} ${problem}`, { details: { field } });

const remedy = "make one with openssl rand -hex 32, and keep a copy in a safe place";

function readText({ variable, file = "" }: KeySource, field: string): string {
  if (variable !== undefined) {
    const value = process.env[variable];
    if (value) return value;
    throw refuse(`${field}.variable`, `is ${variable}, which the environment lacks; ${remedy}`);
  }
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw refuse(`${field}.file`, `is ${file}: ${(cause as Error).message}; ${remedy}`);
  }
}

function readKey(source: KeySource, field: string): string {
  const key = readText(source, field).trim();
  if (key.length >= leastCharacters) return key;
  const where = source.variable ?? source.file;
  throw refuse(
    field,
    `names ${where}, whose key has ${key.length} characters: at least ${leastCharacters} are needed; ${remedy}`,
  );
}

/** Hashed texts begin with their purpose, so that no id has the name of a key. */
const hmac = (key: string, purpose: "key" | "user", text: string) =>
  createHmac("sha256", key).update(`${purpose}/${text}`).digest();

/** @throws invalid_configuration if a key is missing or short; no message has any part of one */
export function readKeyring({ key: present, previous }: PseudonymSettings): PseudonymKeyring {
  const keys = [
    readKey(present, "privacy.pseudonyms.key"),
    ...previous.map((source, index) => readKey(source, `privacy.pseudonyms.previous[${index}]`)),
  ].map((key) => ({ key, name: hmac(key, "key", "").toString("hex").slice(0, 16) }));
  return {
    names: keys.map(({ name }) => name),
    hash: (id) =>
      keys.map(({ key, name }) => ({
        key: name,
        hash: hmac(key, "user", id).toString("base64url"),
      })),
  };
}
