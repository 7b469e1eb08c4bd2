"""RFM quintiles and monthly cohorts by DuckDB and by Polars, from the same Parquet file.

    peers.py duckdb|polars rfm|cohorts FILE

Prints one line of JSON: the seconds, reading included, and the result, to be compared with ours
before any time is. Each engine is asked in the way its own documentation would.
"""

import json
import sys
import time

RFM = """
with customers as (
    select customer_id, max(ordered_on) as last, count(*) as orders, sum(amount_cents) as spent
    from read_parquet('{file}') group by customer_id
), scored as (
    select 1 + (5 * (rank() over (order by last) - 1)) // count(*) over () as r,
           1 + (5 * (rank() over (order by orders) - 1)) // count(*) over () as f,
           1 + (5 * (rank() over (order by spent) - 1)) // count(*) over () as m
    from customers
)
select r, f, m, count(*) from scored group by all order by all
"""

COHORTS = """
with active as (
    select distinct customer_id, date_trunc('month', ordered_on) as month
    from read_parquet('{file}')
), cohorts as (
    select customer_id, min(month) as cohort from active group by customer_id
)
select strftime(cohort, '%Y-%m'), datediff('month', cohort, month), count(*)
from active join cohorts using (customer_id) group by all order by all
"""


def duckdb(what, file):
    import duckdb

    query = (RFM if what == "rfm" else COHORTS).format(file=file)
    began = time.perf_counter()
    rows = duckdb.connect().execute(query).fetchall()
    return time.perf_counter() - began, [list(row) for row in rows]


def polars(what, file):
    import polars as pl

    orders = pl.scan_parquet(file)
    began = time.perf_counter()
    if what == "rfm":
        score = lambda name: (1 + (5 * (pl.col(name).rank("min").cast(pl.Int64) - 1)) // pl.len())
        rows = (
            orders.group_by("customer_id")
            .agg(last=pl.col("ordered_on").max(), orders=pl.len(), spent=pl.col("amount_cents").sum())
            .select(r=score("last"), f=score("orders"), m=score("spent"))
            .group_by("r", "f", "m")
            .agg(pl.len())
            .sort("r", "f", "m")
            .collect()
        )
    else:
        month = pl.col("ordered_on").dt.year().cast(pl.Int32) * 12 + pl.col("ordered_on").dt.month() - 1
        active = orders.select("customer_id", month=month).unique()
        first = active.group_by("customer_id").agg(cohort=pl.col("month").min())
        rows = (
            active.join(first, on="customer_id")
            .group_by("cohort", age=pl.col("month") - pl.col("cohort"))
            .agg(pl.len())
            .sort("cohort", "age")
            .collect()
        )
        seconds = time.perf_counter() - began
        return seconds, [[f"{c // 12}-{c % 12 + 1:02}", a, n] for c, a, n in rows.iter_rows()]
    return time.perf_counter() - began, [list(row) for row in rows.iter_rows()]


engine, what, file = sys.argv[1:]
seconds, result = {"duckdb": duckdb, "polars": polars}[engine](what, file)
print(json.dumps({"seconds": round(seconds, 4), "result": result}))
