"""Runs ours and the peers in turns, compares the results, then prints a table of medians.

    run.py OURS FOLDER ROUNDS [ORDERS CUSTOMERS]...
"""

import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GOALS = {"rfm": (1.5, 3), "cohorts": (5, 20)}


def call(command):
    """The last line of a program's output, and the most memory that any so far took."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def memory(command):
    """The most memory that a program takes, in MiB."""
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.execv(command[0], command)
    _, status, usage = os.wait4(child, 0)
    assert status == 0, command
    return usage.ru_maxrss / 1024


def orders_file(ours, folder, orders, customers):
    path = os.path.join(folder, f"orders-{orders}-{customers}.parquet")
    if not os.path.exists(path):
        subprocess.run([ours, "make", path + ".part", str(orders), str(customers)], check=True)
        os.rename(path + ".part", path)
    return path


def main():
    ours, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    sizes = [int(size) for size in sys.argv[4:]] or [10_000_000, 1_000_000]
    met = True
    print("| what | orders | ours, s | DuckDB, s | Polars, s | faster than the faster | at least (aim) | ours, MiB |")
    print("|---|---|---|---|---|---|---|---|")
    for orders, customers in zip(sizes[::2], sizes[1::2]):
        file = orders_file(ours, folder, orders, customers)
        for what, (least, aim) in GOALS.items():
            commands = {
                "ours": [ours, what, file],
                "duckdb": [sys.executable, os.path.join(HERE, "peers.py"), "duckdb", what, file],
                "polars": [sys.executable, os.path.join(HERE, "peers.py"), "polars", what, file],
            }
            times = {name: [] for name in commands}
            results = {}
            for _ in range(rounds):
                for name, command in commands.items():
                    answer = call(command)
                    times[name].append(answer["seconds"])
                    results[name] = answer["result"]
            for peer in ("duckdb", "polars"):
                if results[peer] != results["ours"]:
                    differ = [pair for pair in zip(results["ours"], results[peer]) if pair[0] != pair[1]]
                    sys.exit(f"{what}: {peer} comes to something else: {differ[:5]}")
            median = {name: statistics.median(values) for name, values in times.items()}
            ratio = min(median["duckdb"], median["polars"]) / median["ours"]
            mark = "" if ratio >= least else " **missed**"
            met &= ratio >= least
            print(
                f"| {what} | {orders:,} | {median['ours']:.3f} | {median['duckdb']:.3f} | {median['polars']:.3f} "
                f"| {ratio:.2f} x{mark} | {least} x ({aim} x) | {memory(commands['ours']):.0f} |",
                flush=True,
            )
    sys.exit(0 if met else 1)


main()
