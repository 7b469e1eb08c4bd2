//! Our side of `make bench`: `regulars-bench NAME --seconds S --dir FOLDER` measures one thing and
//! prints one line of JSON, as the programs of bench/peers do. What the figures mean, and how to
//! repeat them, is in docs/performance.md.

mod backtest;
mod conditions;
mod folder;
mod growth;
mod http;
mod import;
mod leaderboard;
mod load;
mod lookup;
mod memory;
mod merchant;
mod messages;
mod open_loop;
mod options;
mod orders;
mod overload;
mod postgres;
mod random;
mod report;
mod scores;
mod search;
mod segments;
mod servers;
mod serving;
mod soak;
mod step;
mod tables;
mod webhooks;

use anyhow::bail;
use mimalloc::MiMalloc;

/// As `regulars` has it: what is measured is what is used.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> anyhow::Result<()> {
    let (name, options) = options::from_arguments(std::env::args().skip(1))?;
    let report = match name.as_str() {
        "step" => step::grocer(&options)?,
        "step-all" => step::everything(&options)?,
        "backtest" => backtest::run(&options)?,
        "import-sqlite" => import::into_sqlite(&options)?,
        "import-postgres" => import::into_postgres(&options)?,
        "conditions" => conditions::run(&options)?,
        "http-batch" => http::batches(&options)?,
        "http-single" => http::singles(&options)?,
        "memory" => memory::run(&options)?,
        "growth" => growth::run(&options)?,
        "segments" => segments::events(&options)?,
        "segment-preview" => segments::preview(&options)?,
        "scores" => scores::run(&options)?,
        "leaderboard" => leaderboard::run(&options)?,
        "search" => search::run(&options)?,
        "lookup" => lookup::run(&options)?,
        "webhooks" => webhooks::run(&options)?,
        "messages" => messages::run(&options)?,
        "overload" => overload::run(&options)?,
        "soak" => soak::run(&options)?,
        "servers" => servers::run(&options)?,
        // Not for people: the other half of what is measured over HTTP.
        "serve" => return serving::child(&options),
        other => bail!("`{other}` is not measured; there are: {}", options::NAMES),
    };
    println!("{report}");
    Ok(())
}
