"""Importances of parameters for the test of src/report/figures/ped-anova.ts, computed by Optuna.

Run: pip install optuna==5.0.0 && python ped-anova-reference.py > ped-anova-reference.json
"""

import json
import math
import random
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
drawn = random.Random(2023)
distributions = {
    "rate": optuna.distributions.FloatDistribution(1e-4, 1e-1, log=True),
    "momentum": optuna.distributions.FloatDistribution(0.0, 0.99),
    "units": optuna.distributions.IntDistribution(16, 256, step=16),
    "head": optuna.distributions.CategoricalDistribution(["l1", "l2", "cosine"]),
}
trials = []
for _ in range(60):
    params = {
        "rate": 10 ** drawn.uniform(-4, -1),
        "momentum": drawn.uniform(0, 0.99),
        "units": 16 * drawn.randint(1, 16),
        "head": drawn.choice(["l1", "l2", "cosine"]),
    }
    value = 0.9 - 0.1 * (math.log10(params["rate"]) + 2.5) ** 2 + {"l1": 0.05, "l2": 0.0, "cosine": 0.02}[params["head"]]
    value += params["units"] / 8000 + drawn.gauss(0, 0.01)
    trials.append({"params": params, "value": value})


def importances(direction, kept):
    study = optuna.create_study(direction=direction)
    for trial in kept:
        study.add_trial(
            optuna.trial.create_trial(params=trial["params"], distributions=distributions, value=trial["value"])
        )
    return dict(optuna.importance.get_param_importances(study))


print(
    json.dumps(
        {
            "versions": {"optuna": optuna.__version__},
            "trials": trials,
            "importances": {
                "maximize": importances("maximize", trials),
                "minimize": importances("minimize", trials),
                "few": importances("maximize", trials[:12]),
            },
        },
        indent=1,
    )
)
