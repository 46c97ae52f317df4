"""The objectives of objectives.mjs in Python, for Optuna. compare.mjs checks that both agree."""

import math


def branin(p):
    x, y = p["x"], p["y"]
    a = y - 5.1 * x * x / (4 * math.pi**2) + 5 * x / math.pi - 6
    return a * a + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


ALPHA = [1.0, 1.2, 3.0, 3.2]
A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
]


def hartmann6(p):
    total = 0.0
    for i in range(4):
        inner = sum(A[i][j] * (p[f"x{j}"] - 1e-4 * P[i][j]) ** 2 for j in range(6))
        total -= ALPHA[i] * math.exp(-inner)
    return total


def mixed(p):
    rate = math.log10(p["learningRate"])
    if p["optimizer"] == "sgd":
        loss = 0.1 + 0.3 * (rate + 1.5 + p["momentum"]) ** 2 + 0.6 * (p["momentum"] - 0.9) ** 2
    elif p["optimizer"] == "adam":
        loss = 0.3 * (rate + 3) ** 2 + 0.1 * (math.log10(p["epsilon"]) + 6) ** 2
    else:
        loss = 0.25 + 0.3 * (rate + 2.5) ** 2
    loss += 0.08 * (p["layers"] - 4) ** 2
    loss += ((p["units1"] - 128) / 256) ** 2
    if p["layers"] >= 4:
        loss += ((p["units2"] - 192) / 256) ** 2
    return loss + (0 if p["dropout"] else 0.1)


def suggest_branin(trial):
    return {"x": trial.suggest_float("x", -5, 10), "y": trial.suggest_float("y", 0, 15)}


def suggest_hartmann6(trial):
    return {f"x{j}": trial.suggest_float(f"x{j}", 0, 1) for j in range(6)}


def suggest_mixed(trial):
    p = {
        "optimizer": trial.suggest_categorical("optimizer", ["sgd", "adam", "rmsprop"]),
        "learningRate": trial.suggest_float("learningRate", 1e-5, 1, log=True),
        "layers": trial.suggest_int("layers", 1, 6),
        "units1": trial.suggest_int("units1", 16, 256, step=16),
        "dropout": trial.suggest_categorical("dropout", [True, False]),
    }
    if p["optimizer"] == "sgd":
        p["momentum"] = trial.suggest_float("momentum", 0, 1)
    if p["optimizer"] == "adam":
        p["epsilon"] = trial.suggest_float("epsilon", 1e-8, 1e-1, log=True)
    if p["layers"] >= 4:
        p["units2"] = trial.suggest_int("units2", 16, 256, step=16)
    return p


OBJECTIVES = {
    "branin": {"value": branin, "suggest": suggest_branin, "minimum": 0.39788735772973816, "noise": 0.0},
    "hartmann6": {"value": hartmann6, "suggest": suggest_hartmann6, "minimum": -3.322368011391339, "noise": 0.0},
    "mixed": {"value": mixed, "suggest": suggest_mixed, "minimum": 0.0, "noise": 0.05},
}
