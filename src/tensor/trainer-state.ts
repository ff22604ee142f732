export type Arrays = Readonly<Record<string, Float32Array>>;

/** Everything that training continues from; arrays by parameter name. */
export interface TrainerState {
  readonly parameters: Arrays;
  /** m: running means of the gradient. */
  readonly means: Arrays;
  /** v: running means of its square. */
  readonly variances: Arrays;
  /** θ̄: running means of the parameters; empty if they are not averaged. */
  readonly averages: Arrays;
  /** Steps taken so far. */
  readonly steps: number;
}

export const isState = (initial: Arrays | TrainerState): initial is TrainerState =>
  typeof initial.steps === "number";
