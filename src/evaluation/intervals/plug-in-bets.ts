export interface Bet {
  /** λ_t, made before x_t is seen. */
  readonly bet: number;
  /** (x_t − μ̂_{t−1})². */
  readonly surprise: number;
}

/**
 * Predictable plug-in bets of Waudby-Smith & Ramdas 2024, equation 15: λ_t = √(2·ln(2/α)/(σ̂²_{t−1}·t·ln(t + 1))) with
 * μ̂_t = (½ + Σ x_i)/(t + 1) and σ̂²_t = (¼ + Σ (x_i − μ̂_i)²)/(t + 1).
 * @param logLimit ln(2/α)
 * @returns takes x_t ∈ [0, 1] in order
 */
export function createBets(logLimit: number): (sample: number) => Bet {
  let count = 0;
  let sum = 0.5;
  let squares = 0.25;
  return (sample) => {
    count++;
    // σ̂²_{t−1} is squares/t: t cancels.
    const bet = Math.sqrt((2 * logLimit) / (squares * Math.log(count + 1)));
    const surprise = (sample - sum / count) ** 2;
    sum += sample;
    squares += (sample - sum / (count + 1)) ** 2;
    return { bet, surprise };
  };
}
