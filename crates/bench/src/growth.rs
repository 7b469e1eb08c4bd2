//! What a purchase costs among a million members against what it costs among ten thousand: two
//! databases take parts of the same size in turns, in the same minutes on the same disk.

use crate::folder::Folder;
use crate::merchant::Merchant;
use crate::options::Options;
use crate::orders;
use crate::report::Report;
use regulars_app::Database;
use std::time::Instant;

const FEW: u64 = 10_000;

/// Purchases in one turn.
const PART: u64 = 20_000;

/// A database with some members, each of whom bought once.
struct Shop {
    merchant: Merchant,
    members: u64,
    /// Purchases so far.
    orders: u64,
    /// Seconds that the parts took.
    seconds: f64,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "growth")?;
    let mut few = Shop::new(&folder, "few", FEW)?;
    let mut many = Shop::new(&folder, "many", options.members)?;
    let mut parts = 0;
    while parts == 0 || few.seconds + many.seconds < options.seconds {
        few.part(&folder)?;
        many.part(&folder)?;
        parts += 1;
    }
    let purchases = (parts * PART) as f64;
    let micros = |shop: &Shop| shop.seconds * 1e6 / purchases;
    Ok(Report::of("growth")
        .with("ratio", many.seconds / few.seconds)
        .with("purchases_each", purchases)
        .with("micros_few", micros(&few))
        .with("micros_many", micros(&many)))
}

impl Shop {
    fn new(folder: &Folder, name: &str, members: u64) -> anyhow::Result<Self> {
        let file = folder.file(&format!("{name}.csv"));
        orders::write(&file, orders::of_each(members))?;
        let merchant = Merchant::new(Database::Sqlite(folder.file(&format!("{name}.db"))))?;
        merchant.import(&file, &mut |_| true)?;
        Ok(Self {
            merchant,
            members,
            orders: members,
            seconds: 0.0,
        })
    }

    /// Takes the next purchases of any of its members.
    fn part(&mut self, folder: &Folder) -> anyhow::Result<()> {
        let file = folder.file("part.csv");
        let next = orders::stream(self.orders, self.members, self.orders);
        orders::write(&file, next.take(usize::try_from(PART)?))?;
        let begin = Instant::now();
        self.merchant.import(&file, &mut |_| true)?;
        self.seconds += begin.elapsed().as_secs_f64();
        self.orders += PART;
        Ok(())
    }
}
