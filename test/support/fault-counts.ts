// How much is injected: everything in the soak, a tenth of it in the integration tests.

export interface SweepFaults {
  readonly trials: number;
  readonly kills: number;
}

export const SOAK: SweepFaults = { trials: 200, kills: 50 };
export const TENTH: SweepFaults = { trials: SOAK.trials / 10, kills: SOAK.kills / 10 };

export interface ShipFaults {
  /** The server is killed and started again this often while this many trials log. */
  readonly outages: number;
  readonly trials: number;
  /** Journals that are shipped through each kind of bad network. */
  readonly journals: number;
  /** A shipper process is killed this often. */
  readonly kills: number;
  readonly fullDisks: number;
  /** A trial's clock is set back, and forward again, this often. */
  readonly clockJumps: number;
  /** Points of one large journal. */
  readonly points: number;
  /** Runs of 200 points each that are shipped by one command. */
  readonly runs: number;
}

export const SOAK_SHIP: ShipFaults = {
  outages: 50,
  trials: 8,
  journals: 20,
  kills: 80,
  fullDisks: 10,
  clockJumps: 20,
  points: 100_000,
  runs: 500,
};
export const TENTH_SHIP: ShipFaults = {
  outages: 5,
  trials: 4,
  journals: 2,
  kills: 8,
  fullDisks: 1,
  clockJumps: 2,
  points: 10_000,
  runs: 50,
};

export interface ShapeCounts {
  /** Size of each file. */
  readonly bytes: number;
  /** Files of a few random pieces, repeated. */
  readonly random: number;
}

export const SHAPES: ShapeCounts = { bytes: 1024 * 1024, random: 200 };
