import ora from "ora";

/**
 * The progress of a long command as one line: on a terminal it is rewritten, elsewhere a new one
 * now and then.
 */
export interface ProgressLine {
  update(text: string): void;
  /** Removes the line, so that the next output stands alone. */
  stop(): void;
}

const plainIntervalMs = 5000;

function createTerminalLine(stream: NodeJS.WriteStream): ProgressLine {
  // Standard input belongs to the command, which may be reading its rows from it.
  const spinner = ora({ stream, isEnabled: true, discardStdin: false });
  return {
    update: (text) => {
      spinner.text = text;
      if (!spinner.isSpinning) spinner.start();
    },
    stop: () => void spinner.stop(),
  };
}

function createPlainLines(stream: NodeJS.WriteStream, clock: () => number): ProgressLine {
  let writtenAt = Number.NEGATIVE_INFINITY;
  return {
    update: (text) => {
      const now = clock();
      if (now - writtenAt < plainIntervalMs) return;
      writtenAt = now;
      stream.write(`${text}\n`);
    },
    stop: () => undefined,
  };
}

/** @param options.clock milliseconds, for the pause between plain lines */
export function createProgressLine(options: {
  readonly stream: NodeJS.WriteStream;
  readonly clock: () => number;
}): ProgressLine {
  const { stream, clock } = options;
  // Of a pseudo-terminal without a size, 0 columns wide, ora never ends clearing the lines.
  const isTerminal = stream.isTTY && stream.columns > 0;
  return isTerminal ? createTerminalLine(stream) : createPlainLines(stream, clock);
}
