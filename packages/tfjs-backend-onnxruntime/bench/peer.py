"""The training steps of networks.mjs in PyTorch. Reads lines "steps N" and answers each with N step times in ms.

Usage: peer.py STEP VARIANT, with VARIANT one of eager, channels_last, compiled.
"""

import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class Koch(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(1, 64, 10), nn.Conv2d(64, 128, 7), nn.Conv2d(128, 128, 4), nn.Conv2d(128, 256, 4)]
        )
        self.dense = nn.Linear(9216, 4096)
        self.head = nn.Linear(4096, 1)

    def forward(self, x):
        for index, convolution in enumerate(self.convolutions):
            x = F.relu(convolution(x))
            if index < 3:
                x = F.max_pool2d(x, 2)
        a, b = torch.sigmoid(self.dense(x.flatten(1))).chunk(2)
        return self.head((a - b).abs())[:, 0]


def block(inputs, outputs, bias, pooled):
    layers = [nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, *([nn.MaxPool2d(2)] if pooled else []))


def prepare(module, variant):
    if variant != "eager":
        module = module.to(memory_format=torch.channels_last)
    return torch.compile(module) if variant == "compiled" else module


def images(count, size, variant):
    x = (torch.rand(count, 1, size, size) < 0.2).float()
    return x if variant == "eager" else x.to(memory_format=torch.channels_last)


def create_koch(batch, variant):
    module = Koch()
    model = prepare(module, variant)
    optimizer = torch.optim.SGD(module.parameters(), lr=1e-3, momentum=0.9, weight_decay=2e-4, fused=True)
    x, y = images(2 * batch, 105, variant), (torch.arange(batch) % 2).float()
    return optimizer, lambda: F.binary_cross_entropy_with_logits(model(x), y)


def create_small(batch, variant):
    module = nn.Sequential(*[block(1 if i == 0 else 64, 64, True, True) for i in range(4)], nn.Flatten())
    model = prepare(module, variant)
    optimizer = torch.optim.Adam(module.parameters(), 1e-3, fused=True)
    x = images(batch, 28, variant)
    return optimizer, lambda: model(x).square().mean()


def create_all_pairs(variant):
    groups, characters, drawers = 4, 20, 4
    size = characters * drawers
    filters = [1, 32, 64, 128, 128]
    blocks = [block(filters[i], filters[i + 1], False, i < 3) for i in range(4)]
    module = nn.Sequential(*blocks, nn.Flatten(), nn.Linear(1152, 256, bias=False), nn.BatchNorm1d(256))
    model = prepare(module, variant)
    a, b = nn.Parameter(torch.full((256,), 40 / 256)), nn.Parameter(torch.tensor(3.0))
    parameters = [*module.parameters(), a, b]
    optimizer = torch.optim.AdamW(parameters, 5e-3, betas=(0.9, 0.98), weight_decay=0.02, fused=True)
    x = images(groups * size, 28, variant)
    label = torch.arange(size) // drawers
    same = label[:, None] == label[None]
    positive = same & ~torch.eye(size, dtype=torch.bool)

    def loss():
        h = torch.sigmoid(model(x)).view(groups, size, 256)
        z = b - ((h[:, :, None] - h[:, None]).abs() * a).sum(-1)
        weights = torch.softmax(z.detach().masked_fill(same, -1e9), -1)
        return 0.5 * F.softplus(-z)[:, positive].mean() + 0.5 * (weights * F.softplus(z)).sum(-1).mean()

    return optimizer, loss


def main():
    name, variant = sys.argv[1:3]
    torch.manual_seed(0)
    network, _, batch = name.partition("-")
    if network == "koch":
        optimizer, loss = create_koch(int(batch), variant)
    elif network == "small":
        optimizer, loss = create_small(int(batch), variant)
    else:
        optimizer, loss = create_all_pairs(variant)
    for line in sys.stdin:
        times = []
        for _ in range(int(line.split()[1])):
            start = time.perf_counter()
            optimizer.zero_grad()
            value = loss()
            value.backward()
            optimizer.step()
            value.item()
            times.append((time.perf_counter() - start) * 1e3)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"times": times, "peakMb": peak}), flush=True)


main()
