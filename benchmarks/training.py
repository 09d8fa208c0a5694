"""What makes training fast, each choice beside its alternative, in one run, one thread.

python -m benchmarks.training
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import torch

from dsin_lib.model.dsin import DSIN
from dsin_lib.model.fusion import Fusion
from dsin_lib.model.patch_prediction import PatchCNN, PatchPrediction
from dsin_lib.model.structure_inference import StructureInference

BATCH, N_AU = 64, 12
SIZES = {"right_eye": 56, "between_eyes": 56, "mouth": 56, "right_cheek": 56, "nose": 56}


def seconds(step, repeats=6):
    """Median of a few calls after one to warm up."""
    times = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        step()
        times.append(time.perf_counter() - started)
    return sorted(times[1:])[repeats // 2]


def train_step(model, x):
    optimiser = torch.optim.Adam(model.parameters(), 1e-3)
    y = torch.rand(BATCH, N_AU)

    def step():
        out = model(x)
        out = out if torch.is_tensor(out) else out[list(out)[-1 if "f" in out else 0]]
        optimiser.zero_grad()
        (out.reshape(BATCH, -1, N_AU).mean(1) - y).square().mean().backward()
        optimiser.step()

    return step


def memory_format(px):
    for name, layout in (("default", torch.contiguous_format), ("last", torch.channels_last)):
        net = PatchCNN(N_AU, px).to(memory_format=layout)
        x = torch.rand(BATCH, 3, px, px).to(memory_format=layout)
        yield name, seconds(train_step(net, x))


def cached():
    sizes = SIZES | {"face": 112}
    images = {
        name: torch.rand(BATCH, 3, px, px).to(memory_format=torch.channels_last)
        for name, px in sizes.items()
    }
    pi = PatchPrediction(N_AU, sizes).to(memory_format=torch.channels_last).eval()
    pi.requires_grad_(False)
    phi = Fusion(N_AU, len(sizes))
    with torch.no_grad():
        p = pi(images)
    optimiser = torch.optim.Adam(phi.parameters(), 1e-3)

    def recomputed():
        optimiser.zero_grad()
        DSIN(pi, phi)(images)["f"].mean().backward()
        optimiser.step()

    def from_cache():
        optimiser.zero_grad()
        phi(p).mean().backward()
        optimiser.step()

    return seconds(recomputed), seconds(from_cache)


def iterations():
    f = torch.rand(BATCH, N_AU)
    for n_iter in (2, 10):
        omega = StructureInference(N_AU, n_iter)
        yield n_iter, seconds(lambda omega=omega: omega(f)["y_hat"].mean().backward(), 30)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for px in (56, 112):
        default, last = (value for _, value in memory_format(px))
        print(f"{px} px, a training step: channels last is {default / last:.1f} x as fast "
              f"({last / BATCH * 1e3:.1f} ms a frame)")  # fmt: skip
    slow, fast = cached()
    print(f"step 2 of Algorithm 1: cached p is {slow / fast:.0f} x as fast as recomputing it")
    (_, two), (_, ten) = iterations()
    print(f"structure inference, forward and backward: T = 10 costs {ten / two:.1f} x T = 2 "
          f"({ten * 1e3:.1f} ms a batch)")  # fmt: skip
