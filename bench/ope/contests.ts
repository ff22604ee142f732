/** The same estimator here and in Open Bandit Pipeline. */
export interface Contest {
  /** Its name in our registry. */
  readonly name: string;
  readonly parameter?: number;
  readonly peerClass: string;
  readonly peerSettings?: Readonly<Record<string, number>>;
}

export const contests: readonly Contest[] = [
  { name: "replay", peerClass: "ReplayMethod" },
  { name: "ips", peerClass: "InverseProbabilityWeighting" },
  { name: "snips", peerClass: "SelfNormalizedInverseProbabilityWeighting" },
  {
    name: "sg-ips",
    parameter: 0.1,
    peerClass: "SubGaussianInverseProbabilityWeighting",
    peerSettings: { lambda_: 0.1 },
  },
  {
    name: "b-ips",
    parameter: 10,
    peerClass: "BalancedInverseProbabilityWeighting",
    peerSettings: { lambda_: 10 },
  },
  { name: "dm", peerClass: "DirectMethod" },
  { name: "dr", peerClass: "DoublyRobust" },
  { name: "sndr", peerClass: "SelfNormalizedDoublyRobust" },
  {
    name: "switch-dr",
    parameter: 10,
    peerClass: "SwitchDoublyRobust",
    peerSettings: { lambda_: 10 },
  },
  {
    name: "dros",
    parameter: 100,
    peerClass: "DoublyRobustWithShrinkage",
    peerSettings: { lambda_: 100 },
  },
  {
    name: "sg-dr",
    parameter: 0.1,
    peerClass: "SubGaussianDoublyRobust",
    peerSettings: { lambda_: 0.1 },
  },
];
