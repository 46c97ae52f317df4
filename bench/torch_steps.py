"""The measured steps of src/bench/case-networks.ts in PyTorch: same networks, batches, losses and optimizers.

Usage: torch_steps.py CASE VARIANT THREADS, with VARIANT one of eager, channels_last, compiled, bf16
(channels_last with products and convolutions in bfloat16, by autocast). Reads one JSON request
a line ({"kind": "train" | "forward", "steps": n} or {"kind": "peak"}) and answers each with one line of JSON.
"""

import json
import os
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

MATRIX_SIDE = 1024
PEAK_TRIES = 8


class Koch(nn.Module):
    """Koch et al. 2015, figure 4: the embedding of one picture."""

    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(1, 64, 10), nn.Conv2d(64, 128, 7), nn.Conv2d(128, 128, 4), nn.Conv2d(128, 256, 4)]
        )
        self.dense = nn.Linear(9216, 4096)

    def forward(self, x):
        for index, convolution in enumerate(self.convolutions):
            x = F.relu(convolution(x))
            if index < 3:
                x = F.max_pool2d(x, 2)
        return torch.sigmoid(self.dense(x.flatten(1)))


def block(inputs, outputs, is_pooled):
    layers = [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, *([nn.MaxPool2d(2)] if is_pooled else []))


def make_pictures(count, size):
    return (torch.rand(count, 1, size, size) < 0.2).float()


def create_koch(pairs):
    encoder, head = Koch(), nn.Linear(4096, 1)
    labels = (torch.arange(pairs) % 2).float()

    def loss(embeddings):
        a, b = embeddings.chunk(2)
        return F.binary_cross_entropy_with_logits(head((a - b).abs())[:, 0], labels)

    parameters = [*encoder.parameters(), *head.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, weight_decay=2e-4, fused=True)
    return encoder, make_pictures(2 * pairs, 105), loss, optimizer


def create_small(batch):
    encoder = nn.Sequential(*[block(1 if index == 0 else 64, 64, True) for index in range(4)], nn.Flatten())
    optimizer = torch.optim.Adam(encoder.parameters(), 1e-3, fused=True)
    return encoder, make_pictures(batch, 28), lambda embeddings: embeddings.square().mean(), optimizer


def create_all_pairs(_batch):
    groups, characters, drawers, units = 4, 20, 4, 256
    size = characters * drawers
    filters = [1, 32, 64, 128, 128]
    blocks = [block(filters[index], filters[index + 1], index < 3) for index in range(4)]
    dense = [nn.Flatten(), nn.Linear(1152, units, bias=False), nn.BatchNorm1d(units), nn.Sigmoid()]
    encoder = nn.Sequential(*blocks, *dense)
    distance = nn.Parameter(torch.full((units,), 40 / units))
    bias = nn.Parameter(torch.tensor(3.0))
    character = torch.arange(size) // drawers
    same = character[:, None] == character[None]
    positive = same & ~torch.eye(size, dtype=torch.bool)

    def loss(embeddings):
        h = embeddings.view(groups, size, units)
        logits = bias - ((h[:, :, None] - h[:, None]).abs() * distance).sum(-1)
        weights = torch.softmax(logits.detach().masked_fill(same, -1e9), -1)
        negatives = (weights * F.softplus(logits)).sum(-1).mean()
        return 0.5 * F.softplus(-logits)[:, positive].mean() + 0.5 * negatives

    parameters = [*encoder.parameters(), distance, bias]
    optimizer = torch.optim.AdamW(parameters, 5e-3, betas=(0.9, 0.98), weight_decay=0.02, fused=True)
    return encoder, make_pictures(groups * size, 28), loss, optimizer


CREATORS = {"koch": create_koch, "small": create_small, "all-pairs": create_all_pairs}


def create_steps(case, variant):
    network, _, batch = case.rpartition("-")
    encoder, pictures, loss, optimizer = CREATORS[network](int(batch))
    if variant != "eager":
        encoder = encoder.to(memory_format=torch.channels_last)
        pictures = pictures.to(memory_format=torch.channels_last)
    network_of = torch.compile(encoder) if variant == "compiled" else encoder

    def embed(x):
        with torch.autocast("cpu", torch.bfloat16, enabled=variant == "bf16"):
            return network_of(x).float()

    def train():
        optimizer.zero_grad()
        value = loss(embed(pictures))
        value.backward()
        optimizer.step()
        return value.item()

    def forward():
        with torch.no_grad():
            return embed(pictures).mean().item()

    return {"train": train, "forward": forward}


def measure_peak():
    matrix = torch.full((MATRIX_SIDE, MATRIX_SIDE), 1 / MATRIX_SIDE)
    fastest = float("inf")
    for _ in range(PEAK_TRIES):
        start = time.perf_counter()
        torch.mm(matrix, matrix)
        fastest = min(fastest, time.perf_counter() - start)
    return 2 * MATRIX_SIDE**3 / fastest


def answer(request, steps):
    if request["kind"] == "peak":
        return {"peakFlopsPerSecond": measure_peak(), "memoryBytes": 0}
    cpu_start = time.process_time()
    times = []
    for _ in range(request["steps"]):
        start = time.perf_counter()
        steps[request["kind"]]()
        times.append((time.perf_counter() - start) * 1e3)
    unit = 1 if sys.platform == "darwin" else 1024
    return {
        "stepMs": times,
        "cpuMs": (time.process_time() - cpu_start) * 1e3,
        "memoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
    }


def main():
    # Answers have the standard output for themselves: what libraries and compilers print goes to the error stream.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    case, variant, threads = sys.argv[1:4]
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    steps = create_steps(case, variant)
    for line in sys.stdin:
        try:
            result = answer(json.loads(line), steps)
        except Exception as error:  # said by the program that asked
            result = {"memoryBytes": 0, "problem": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(result), file=answers, flush=True)


main()
