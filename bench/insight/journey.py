"""The whole report on The Complete Journey beside a Polars script of RFM and cohorts alone.

    journey.py OURS FILE ROUNDS       runs both in turns and prints a row with the medians
    journey.py polars FILE            the script: what it does, and the seconds that it took, reading included,
                                      without its start and the loading of Polars

Lines become baskets first, as the report does it: what was bought in one basket is one order. The
customers are counted by both before any time is printed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

AT_MOST, AIM = 1.5, 0.8


def polars(file):
    import polars as pl

    began = time.perf_counter()
    orders = (
        pl.scan_parquet(file)
        .group_by("household_id", "basket_id")
        .agg(at=pl.col("transaction_timestamp").min(), spent=pl.col("sales_value").sum())
        .collect()
        .lazy()
    )
    score = lambda name: (1 + (5 * (pl.col(name).rank("min").cast(pl.Int64) - 1)) // pl.len())
    grid = (
        orders.group_by("household_id")
        .agg(last=pl.col("at").max(), orders=pl.len(), spent=pl.col("spent").sum())
        .select(r=score("last"), f=score("orders"), m=score("spent"))
        .group_by("r", "f", "m")
        .agg(pl.len())
        .collect()
    )
    month = pl.col("at").dt.year().cast(pl.Int32) * 12 + pl.col("at").dt.month() - 1
    active = orders.select("household_id", month=month).unique()
    first = active.group_by("household_id").agg(cohort=pl.col("month").min())
    (
        active.join(first, on="household_id")
        .group_by("cohort", age=pl.col("month") - pl.col("cohort"))
        .agg(pl.len())
        .collect()
    )
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "customers": int(grid["len"].sum())}


def report(ours, file, folder):
    page = os.path.join(folder, "report.html")
    command = [ours, "report", file, "--out", page, "--json"]
    began = time.perf_counter()
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds = time.perf_counter() - began
    assert os.path.getsize(page) > 50_000, "the page is too small to be one"
    customers = sum(cell["customers"] for cell in json.loads(said)["scores"])
    return {"seconds": seconds, "customers": customers}


def main():
    if sys.argv[1] == "polars":
        print(json.dumps(polars(sys.argv[2])))
        return
    ours, file, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    script = [sys.executable, os.path.abspath(__file__), "polars", file]
    times = {"ours": [], "script": [], "process": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(rounds):
            own = report(ours, file, folder)
            began = time.perf_counter()
            other = json.loads(subprocess.run(script, check=True, capture_output=True, text=True).stdout)
            times["process"].append(time.perf_counter() - began)
            if own["customers"] != other["customers"]:
                sys.exit(f"customers: {own['customers']} in the report, {other['customers']} by Polars")
            times["ours"].append(own["seconds"])
            times["script"].append(other["seconds"])
    median = {name: statistics.median(values) for name, values in times.items()}
    # Ours is a program from its start to its end, and so is the script.
    ratio, to_queries = (median["ours"] / median[name] for name in ("process", "script"))
    mark = "" if ratio <= AT_MOST else " **missed**"
    print("| whole report on The Complete Journey, ours, s | the script, s | ours to it | at most (aim) | its queries alone, s | ours to those |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {median['ours']:.3f} | {median['process']:.3f} | {ratio:.2f} x{mark} | {AT_MOST} x ({AIM} x) "
        f"| {median['script']:.3f} | {to_queries:.2f} x |"
    )
    sys.exit(0 if ratio <= AT_MOST else 1)


main()
