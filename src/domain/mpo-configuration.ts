/**
 * `reverse-kl` is the paper's E_s Σ_a π_θ(a|s)[log π_θ − log π_φ]; `cross-entropy` is −Σ_a t·log
 * π_θ, which covers all of the target's mass if the network can't match it.
 */
export const distilObjectives = ["cross-entropy", "reverse-kl"] as const;
export type DistilObjective = (typeof distilObjectives)[number];

/**
 * Everything that can be turned in meta-policy optimization: `learner.mpo` of the configuration. Ranges and
 * defaults: src/domain/mpo-fields.ts.
 */
export interface MpoConfiguration {
  readonly critic: {
    readonly halfLives: readonly number[];
    readonly learningRate: number;
    readonly minEpochs: number;
    readonly maxEpochs: number;
    readonly rowsSeen: number;
  };
  readonly challengers: {
    readonly klRadii: readonly number[];
    readonly pessimisms: readonly number[];
    readonly discriminators: readonly number[];
    readonly proximities: readonly number[];
  };
  readonly metaPolicy: {
    readonly settings: number;
    readonly changedSettings: number;
    readonly retention: number;
  };
  readonly distillation: {
    readonly objective: DistilObjective;
    readonly learningRate: number;
    readonly minEpochs: number;
    readonly maxEpochs: number;
    readonly rowsSeen: number;
    readonly tolerance: number;
    readonly states: number;
    readonly targetSampleShares: readonly number[];
    readonly likelihood: number;
    readonly largestGap: number;
  };
  readonly exploration: {
    readonly budget: number;
    readonly most: number;
  };
  readonly gate: {
    readonly minimumRows: number;
    readonly minimumClusters: number;
    readonly effectiveSampleShare: number;
    readonly meanWeightDeviations: number;
    readonly checkedMass: number;
    readonly coverageRatio: number;
    readonly promoteConfidence: number;
    readonly canaryProbability: number;
  };
  readonly review: {
    readonly rollBackProbability: number;
    readonly keepCanaryProbability: number;
  };
}

/** As it is written: an absent field has its default. */
export type MpoInput = {
  readonly [Group in keyof MpoConfiguration]?: Partial<MpoConfiguration[Group]>;
};
