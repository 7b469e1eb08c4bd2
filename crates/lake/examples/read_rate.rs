//! Prints how fast a file is read: `read_rate FILE [column=header ...]`.

use regulars_base::{Currency, Zone};
use regulars_lake::{Field, Grouping, Options, Orders, open};
use std::{env, path::Path, time::Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments
        .next()
        .ok_or("give a file: read_rate FILE [column=header ...]")?;
    let mut options = Options::orders(Currency::new("USD")?, Zone::UTC);
    options.columns = arguments.collect();
    let path = Path::new(&path);

    let start = Instant::now();
    let mut reader = open(path, &options)?;
    println!("{}", reader.found());
    let (mut lines, mut refused, mut amount) = (0_usize, 0, 0);
    while let Some(chunk) = reader.next()? {
        lines += chunk.batch.len();
        refused += chunk.rejects.len();
        amount += (0..chunk.batch.len())
            .filter_map(|row| chunk.batch.number(Field::Amount, row))
            .sum::<i64>();
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "lines    {lines}, {refused} refused, amount {amount}, {:.0} lines/s",
        lines as f64 / seconds
    );

    let start = Instant::now();
    let mut orders = Orders::new(open(path, &options)?, Grouping::Adjacent);
    let (mut count, mut refused) = (0, 0);
    while let Some(part) = orders.next()? {
        count += part.orders.len();
        refused += part.rejects.len();
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "orders   {count}, {refused} refused, {:.0} lines/s",
        lines as f64 / seconds
    );
    Ok(())
}
