"""Prints as JSON the regrets of Optuna's default TPE: {function: [seeds]}, and values at given points for the comparison of the objectives.

Usage: optuna_regrets.py TRIALS SEEDS < points.json
"""

import json
import platform
import random
import sys

import optuna

from objectives import OBJECTIVES


def regret(objective, trials, seed):
    """The noiseless value, above the minimum, of the point with the best observed value."""
    noise = random.Random(seed)
    best = (float("inf"), float("inf"))

    def observe(trial):
        nonlocal best
        value = objective["value"](objective["suggest"](trial))
        observed = value + objective["noise"] * noise.gauss(0, 1)
        best = min(best, (observed, value))
        return observed

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(observe, n_trials=trials)
    return best[1] - objective["minimum"]


def main():
    trials, seeds = int(sys.argv[1]), int(sys.argv[2])
    points = json.load(sys.stdin)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    print(
        json.dumps(
            {
                "versions": {"optuna": optuna.__version__, "python": platform.python_version()},
                "values": {name: [OBJECTIVES[name]["value"](p) for p in listed] for name, listed in points.items()},
                "regrets": {
                    name: [regret(objective, trials, seed) for seed in range(seeds)]
                    for name, objective in OBJECTIVES.items()
                },
            }
        )
    )


main()
