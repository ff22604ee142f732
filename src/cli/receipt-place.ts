import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import type { ErasureReceipt } from "../domain/erasure.ts";
import { failedOutput } from "./write-output.ts";

const lineOf = (receipt: ErasureReceipt) => `${JSON.stringify(receipt)}\n`;

/** Where the receipt goes. A file is made before anything is erased: a receipt without a place would be lost. */
interface ReceiptPlace {
  write(receipt: ErasureReceipt): void;
  /** The erasure did not end: the same command completes it, with the same file. */
  drop(): void;
}

/** @throws invalid_file */
export function openReceiptPlace(path: string | undefined): ReceiptPlace {
  if (path === undefined)
    return {
      write: (receipt) => void process.stdout.write(lineOf(receipt)),
      drop: () => undefined,
    };
  const attempt = <T>(use: () => T): T => {
    try {
      return use();
    } catch (cause) {
      throw failedOutput(path, cause as Error);
    }
  };
  const file = attempt(() => openSync(path, "wx"));
  return {
    write: (receipt) => {
      attempt(() => writeFileSync(file, lineOf(receipt)));
      closeSync(file);
    },
    drop: () => {
      closeSync(file);
      rmSync(path);
    },
  };
}
