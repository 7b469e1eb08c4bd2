"""What scripts/bench-models measures: BG/NBD by ours and by lifetimes, in turns."""

import json
import os
import statistics
import subprocess
import sys
import time
import warnings

warnings.filterwarnings("ignore")

import numpy
import pandas
from lifetimes import BetaGeoFitter

ours, data, cache, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
NAMES = ["r", "alpha", "a", "b"]


def simulated(path):
    """A million customers as BG/NBD says they are, with the parameters of CDNOW; times in weeks, to the day."""
    if os.path.exists(path):
        return
    numbers = numpy.random.default_rng(7)
    count = 1_000_000
    r, alpha, a, b = 0.243, 4.414, 0.793, 2.426
    end = numbers.integers(27 * 7, 39 * 7, count) / 7.0
    rate = numpy.maximum(numbers.gamma(r, 1 / alpha, count), 1e-300)
    leaves = numbers.beta(a, b, count)
    repeats = numpy.zeros(count, dtype=int)
    last = numpy.zeros(count)
    now = numpy.zeros(count)
    active = numpy.arange(count)
    while len(active):
        now[active] += numbers.exponential(1 / rate[active])
        active = active[now[active] <= end[active]]
        repeats[active] += 1
        last[active] = now[active]
        active = active[numbers.random(len(active)) > leaves[active]]
    last = numpy.minimum(numpy.ceil(last * 7) / 7, end)
    with open(path + ".part", "w") as file:
        file.write("x,t_x,T\n")
        rows = zip(repeats.tolist(), last.tolist(), end.tolist())
        file.writelines(f"{x},{t!r},{T!r}\n" for x, t, T in rows)
    os.replace(path + ".part", path)


def sample(path):
    """The three columns of the papers' sample."""
    table = pandas.read_csv(os.path.join(data, "cdnow_customers_summary_with_transactions.csv"))
    table[["x", "t_x", "T"]].to_csv(path, index=False)


def fit_theirs(table):
    columns = [table[name].to_numpy(float) for name in ("x", "t_x", "T")]
    clock, processor = time.perf_counter(), time.process_time()
    fitter = BetaGeoFitter(penalizer_coef=0.0).fit(*columns)
    return (
        time.perf_counter() - clock,
        time.process_time() - processor,
        [float(fitter.params_[name]) for name in NAMES],
    )


def fit_ours(path, repeats):
    out = json.loads(subprocess.check_output([ours, path, str(repeats)]))
    return out["seconds"], out["processor_seconds"], [out[name] for name in NAMES]


def measure(name, path, repeats):
    table = pandas.read_csv(path)
    runs = []
    for _ in range(rounds):
        mine, theirs = fit_ours(path, repeats), fit_theirs(table)
        for parameter, one, other in zip(NAMES, mine[2], theirs[2]):
            if abs(one - other) >= 0.0005:
                sys.exit(f"{name}: {parameter} is {one} with ours and {other} with theirs; no times then")
        runs.append((mine, theirs))
    parameters = ", ".join(f"{n} {v:.3f}" for n, v in zip(NAMES, runs[0][0][2]))
    print(f"{name}: {parameters}, the same to three decimals")
    for label, column in (("on the clock", 0), ("of the processor", 1)):
        one = statistics.median(mine[column] for mine, _ in runs)
        other = statistics.median(theirs[column] for _, theirs in runs)
        ratio = statistics.median(theirs[column] / mine[column] for mine, theirs in runs)
        print(f"  {label:17} ours {one * 1000:10.3f} ms   lifetimes {other * 1000:10.1f} ms   {ratio:8.0f} times")


small = os.path.join(cache, "models-cdnow.csv")
large = os.path.join(cache, "models-simulated.csv")
sample(small)
simulated(large)
measure("CDNOW, 2,357 customers", small, 201)
measure("simulated, 1,000,000 customers", large, 5)
