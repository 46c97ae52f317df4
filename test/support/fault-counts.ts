// How much is injected: everything in the soak, a tenth of it in the integration tests.

export interface SweepFaults {
  readonly trials: number;
  readonly kills: number;
}

export const SOAK: SweepFaults = { trials: 200, kills: 50 };
export const TENTH: SweepFaults = { trials: SOAK.trials / 10, kills: SOAK.kills / 10 };
