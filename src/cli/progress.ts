import ora from "ora";

/**
 * The progress of a long command as one line: on a terminal it is rewritten, elsewhere a new one
 * now and then.
 */
export interface ProgressLine {
  update(text: string): void;
  /** Writes a line that stays, at once. */
  keep(text: string): void;
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
    keep: (text) => {
      spinner.stop();
      stream.write(`${text}\n`);
    },
    stop: () => void spinner.stop(),
  };
}

function createPlainLines(stream: NodeJS.WriteStream, clock: () => number): ProgressLine {
  let writtenAt = Number.NEGATIVE_INFINITY;
  function keep(text: string): void {
    writtenAt = clock();
    stream.write(`${text}\n`);
  }
  return {
    update: (text) => {
      if (clock() - writtenAt >= plainIntervalMs) keep(text);
    },
    keep,
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
