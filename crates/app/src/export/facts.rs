//! Facts: purchases and refunds of a shop as a folder of Parquet files, a file for each month, in the
//! columns that `report` (and an import) reads. Any engine can read the folder as one table.
//!
//! The log is gone over once; months that come out as they stand in the folder already are left alone,
//! byte for byte, so whatever copies the folder on copies only what is new or was changed (by a refund
//! told late, a merge, another time zone).

use super::tables::{Ints, Rows, Table, Texts};
use super::{failed, keep};
use crate::dimensions::Dimensions;
use crate::standing::Standing;
use crate::{App, Error};
use regulars_base::{CivilDay, MemberId, Period, TenantId, Timestamp, Zone};
use regulars_engine::Program;
use regulars_engine::event::{Kind, Line, Purchase, Refund, Refunded};
use regulars_engine::outcome::{Change, Verdict};
use regulars_lake::{ColumnKind, Values};
use regulars_store::Logged;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactsDone {
    /// Files that were new or changed, and how many rows each has, by month.
    pub written: Vec<(PathBuf, u64)>,
    /// How many months stood there already as they are.
    pub unchanged: usize,
    /// Files of months that have no purchase any more; they were removed.
    pub removed: Vec<PathBuf>,
    /// How many rows there are in all.
    pub rows: u64,
}

/// How the folders of months are called: `month=2025-03`, as other engines expect partitions.
const PARTITION: &str = "month=";

/// Where months are written until they are compared. Whoever reads the folder skips hidden names.
const UNFINISHED: &str = ".unfinished";

/// Rows of a month that are held before they are encoded.
const HELD: usize = 4096;

impl App {
    /// Writes `month=YYYY-MM/orders.parquet` into `folder`, which is made if need be: a row for each
    /// line of each purchase that was accepted, one for what was paid for delivery, and rows below
    /// zero for what came back, on the day on which it did. Months and days are those of the
    /// program's time zone. Customers are members by id; merged ones are who took them over.
    pub fn export_facts(&self, tenant: TenantId, folder: &Path) -> Result<FactsDone, Error> {
        let (_, program) = self.program_in_force(tenant, self.now())?;
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let unfinished = folder.join(UNFINISHED);
        let clear = || match std::fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(failed(&unfinished, &error))
            }
            _ => Ok(()),
        };
        clear()?;
        let mut months = Months::new(program.zone.clone(), unfinished.clone());
        self.core().pool.with(|store| {
            let standing = Standing::read(store, tenant)?;
            let mut wallet = WalletOrders::default();
            let mut failed = None;
            store.each_event(tenant, &mut |row| {
                if failed.is_none() {
                    let member = standing.of(row.member);
                    let told = wallet.tell(&program, &row, member, &mut months);
                    keep(&mut failed, told);
                }
                Ok(())
            })?;
            failed.map_or(Ok(()), Err)
        })?;
        let done = months.settle(folder)?;
        clear()?;
        Ok(done)
    }
}

/// The orders of the wallet whose log is gone over, as far as refunds must know them.
#[derive(Default)]
struct WalletOrders {
    wallet: Option<regulars_base::WalletId>,
    orders: BTreeMap<String, Known>,
    dimensions: Dimensions,
}

/// What an order is grouped by beside what it says itself.
#[derive(Clone, Default)]
struct Terms {
    tier: String,
    partner: String,
    group: String,
    campaign: String,
}

/// What a refund must know of its order.
#[derive(Default)]
struct Known {
    bought: Option<Box<Purchase>>,
    /// Under which terms.
    terms: Terms,
    /// Of what was paid for delivery, what has not come back.
    delivery: i64,
    /// When the last refund came that came before its purchase.
    waiting: Option<Timestamp>,
}

impl WalletOrders {
    fn tell(
        &mut self,
        program: &Program,
        row: &Logged,
        member: MemberId,
        months: &mut Months,
    ) -> Result<(), Error> {
        if self.wallet != Some(row.wallet) {
            self.wallet = Some(row.wallet);
            self.orders.clear();
            self.dimensions = Dimensions::default();
        }
        let told = self.order(program, row, member, months);
        self.dimensions.tell(row);
        told
    }

    /// What a row says of an order, in the tier that was held before it.
    fn order(
        &mut self,
        program: &Program,
        row: &Logged,
        member: MemberId,
        months: &mut Months,
    ) -> Result<(), Error> {
        if row.outcome.verdict != Verdict::Accepted {
            return Ok(());
        }
        let event = &row.event;
        let number = |order: &str| format!("{}/{order}", event.key.source.as_str());
        match &event.kind {
            Kind::Purchase(purchase) => {
                let number = number(purchase.order.as_str());
                let known = self.orders.entry(number.clone()).or_default();
                known.delivery = purchase.delivery;
                known.bought = Some(purchase.clone());
                known.terms = Terms {
                    tier: self.dimensions.tier(program).to_owned(),
                    partner: Dimensions::partner(program, row).to_owned(),
                    group: self.dimensions.group().to_owned(),
                    campaign: Dimensions::campaign(program, row),
                };
                let terms = known.terms.clone();
                let order = Order {
                    number: &number,
                    member,
                    bought: Some(purchase),
                    terms: &terms,
                };
                for line in &purchase.lines {
                    months.push(event.occurred_at, &order, Some(line), line.amount)?;
                }
                if purchase.delivery != 0 {
                    months.push(event.occurred_at, &order, None, purchase.delivery)?;
                }
                // Refunds that were told first are booked with the purchase; they happened later.
                let at = known.waiting.take().unwrap_or(event.occurred_at);
                let back = format!("{number}#refund");
                let order = Order {
                    number: &back,
                    ..order
                };
                came_back(row, &order, at.max(event.occurred_at), months).map(drop)
            }
            Kind::Refund(refund) => {
                let number = number(refund.order.as_str());
                let known = self.orders.entry(number.clone()).or_default();
                if known.bought.is_none()
                    && (row.outcome.changes.iter()).any(|it| matches!(it, Change::RefundAwaits(..)))
                {
                    known.waiting = known.waiting.max(Some(event.occurred_at));
                    return Ok(());
                }
                // A number of its own: what comes back on another day is a refund of that day, and
                // the purchase stays one.
                let back = format!("{number}#{}", event.key.external_id.as_str());
                let order = Order {
                    number: &back,
                    member,
                    bought: known.bought.as_deref(),
                    terms: &known.terms,
                };
                let lines = came_back(row, &order, event.occurred_at, months)?;
                let delivery = delivery_back(refund, lines, known.delivery);
                if delivery > 0 {
                    months.push(event.occurred_at, &order, None, -delivery)?;
                    known.delivery -= delivery;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// What of a refund is for delivery, where its lines came to so much.
fn delivery_back(refund: &Refund, lines: i64, delivery: i64) -> i64 {
    match refund.what {
        Refunded::Rest => delivery,
        Refunded::Amount(asked) => (asked - lines).clamp(0, delivery.max(0)),
        Refunded::Lines(_) => 0,
    }
}

/// A row for each line that came back; what they come to.
fn came_back(
    row: &Logged,
    order: &Order<'_>,
    at: Timestamp,
    months: &mut Months,
) -> Result<i64, Error> {
    let mut sum = 0;
    for change in &row.outcome.changes {
        let Change::LineRefunded { line, amount, .. } = change else {
            continue;
        };
        if *amount == 0 {
            continue;
        }
        sum += amount;
        let line = order
            .bought
            .and_then(|bought| bought.lines.get(usize::from(*line)));
        months.push(at, order, line, -amount)?;
    }
    Ok(sum)
}

/// What the rows of an order have in common.
#[derive(Clone, Copy)]
struct Order<'a> {
    number: &'a str,
    member: MemberId,
    /// Nothing for one that was bought before its member was merged.
    bought: Option<&'a Purchase>,
    terms: &'a Terms,
}

/// A table for each month, until all are whole.
struct Months {
    zone: Zone,
    unfinished: PathBuf,
    tables: BTreeMap<i32, Table<Facts>>,
}

impl Months {
    const fn new(zone: Zone, unfinished: PathBuf) -> Self {
        Self {
            zone,
            unfinished,
            tables: BTreeMap::new(),
        }
    }

    fn push(
        &mut self,
        at: Timestamp,
        order: &Order<'_>,
        line: Option<&Line>,
        amount: i64,
    ) -> Result<(), Error> {
        let month = Period::Month.number(self.zone.day(at));
        let table = match self.tables.entry(month) {
            std::collections::btree_map::Entry::Occupied(table) => table.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                let folder = self.unfinished.join(partition(month));
                std::fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
                free.insert(Table::create(&folder, Facts::default())?)
            }
        };
        table.rows.push(at, order, line, amount);
        if table.rows.len() >= HELD {
            table.flush()?;
        }
        Ok(())
    }

    /// Puts the months that are new or changed into their places, and takes away those that are
    /// there and should not be.
    fn settle(self, folder: &Path) -> Result<FactsDone, Error> {
        let mut done = FactsDone::default();
        let mut kept = BTreeSet::new();
        for (month, table) in self.tables {
            let (new, rows) = table.finish()?;
            done.rows += rows;
            let place = folder.join(partition(month));
            kept.insert(place.clone());
            let path = place.join(new.file_name().unwrap_or_default());
            if same(&new, &path).map_err(|error| failed(&path, &error))? {
                done.unchanged += 1;
                continue;
            }
            std::fs::create_dir_all(&place).map_err(|error| failed(&place, &error))?;
            std::fs::rename(&new, &path).map_err(|error| failed(&path, &error))?;
            done.written.push((path, rows));
        }
        for entry in std::fs::read_dir(folder).map_err(|error| failed(folder, &error))? {
            let place = entry.map_err(|error| failed(folder, &error))?.path();
            let name = place.file_name().unwrap_or_default().to_string_lossy();
            let path = place.join(format!("{}.parquet", Facts::NAME));
            if name.starts_with(PARTITION) && !kept.contains(&place) && path.exists() {
                std::fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
                done.removed.push(path);
            }
        }
        Ok(done)
    }
}

fn partition(month: i32) -> String {
    let first: CivilDay = Period::Month.first_day(month);
    let day = first.to_string();
    // A day is written YYYY-MM-DD.
    format!("{PARTITION}{}", day.get(..7).unwrap_or(&day))
}

/// Whether two files hold the same bytes; not if one is not there.
fn same(new: &Path, old: &Path) -> std::io::Result<bool> {
    let (new, old) = match (File::open(new)?, File::open(old)) {
        (_, Err(error)) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        (new, old) => (new, old?),
    };
    if new.metadata()?.len() != old.metadata()?.len() {
        return Ok(false);
    }
    let (mut new, mut old) = (BufReader::new(new).bytes(), BufReader::new(old).bytes());
    loop {
        match (new.next().transpose()?, old.next().transpose()?) {
            (None, None) => return Ok(true),
            (one, other) if one != other => return Ok(false),
            _ => {}
        }
    }
}

/// `1.5` for 1500.
fn thousandths(number: i64) -> String {
    let (whole, part) = (number / 1000, (number % 1000).abs());
    if part == 0 {
        return whole.to_string();
    }
    format!("{whole}.{part:03}")
}

/// Rows of one month.
#[derive(Default)]
struct Facts {
    customer: Texts,
    order: Texts,
    time: Ints,
    amount: Ints,
    currency: Texts,
    category: Texts,
    brand: Texts,
    sku: Texts,
    store: Texts,
    channel: Texts,
    staff: Texts,
    quantity: Texts,
    discount: Ints,
    tier: Texts,
    partner: Texts,
    group: Texts,
    campaign: Texts,
}

impl Facts {
    fn push(&mut self, at: Timestamp, order: &Order<'_>, line: Option<&Line>, amount: i64) {
        let text = |text: &regulars_base::Text| {
            (!text.as_str().is_empty()).then(|| text.as_str().to_owned())
        };
        let bought = order.bought;
        self.customer.push(Some(order.member.to_string()));
        self.order.push(Some(order.number.to_owned()));
        self.time.push(Some(at.micros()));
        self.amount.push(Some(amount));
        self.currency.push(bought.map(|it| it.currency.to_string()));
        self.category.push(line.and_then(|it| text(&it.category)));
        self.brand.push(line.and_then(|it| text(&it.brand)));
        self.sku.push(line.and_then(|it| text(&it.sku)));
        self.store.push(bought.and_then(|it| text(&it.store)));
        self.channel.push(bought.and_then(|it| text(&it.channel)));
        self.staff.push(bought.and_then(|it| text(&it.staff)));
        // What comes back is no piece that was sold and no discount that was given.
        let sold = line.filter(|_| amount >= 0);
        self.quantity.push(sold.map(|it| thousandths(it.quantity)));
        self.discount.push(sold.map(|it| it.discount));
        let term = |text: &String| (!text.is_empty()).then(|| text.clone());
        self.tier.push(term(&order.terms.tier));
        self.partner.push(term(&order.terms.partner));
        self.group.push(term(&order.terms.group));
        self.campaign.push(term(&order.terms.campaign));
    }
}

impl Rows for Facts {
    const NAME: &'static str = "orders";
    const COLUMNS: &'static [(&'static str, ColumnKind)] = &[
        ("customer", ColumnKind::Text),
        ("order", ColumnKind::Text),
        ("time", ColumnKind::Time),
        ("amount_minor", ColumnKind::Int),
        ("currency", ColumnKind::Text),
        ("category", ColumnKind::Text),
        ("brand", ColumnKind::Text),
        ("sku", ColumnKind::Text),
        ("store", ColumnKind::Text),
        ("channel", ColumnKind::Text),
        ("staff", ColumnKind::Text),
        ("quantity", ColumnKind::Text),
        ("discount_minor", ColumnKind::Int),
        ("tier", ColumnKind::Text),
        ("partner", ColumnKind::Text),
        ("group", ColumnKind::Text),
        ("campaign", ColumnKind::Text),
    ];

    fn len(&self) -> usize {
        self.customer.len()
    }

    fn take(&mut self) -> Vec<Values> {
        let Self {
            customer,
            order,
            time,
            amount,
            currency,
            category,
            brand,
            sku,
            store,
            channel,
            staff,
            quantity,
            discount,
            tier,
            partner,
            group,
            campaign,
        } = std::mem::take(self);
        vec![
            Values::Text(customer),
            Values::Text(order),
            Values::Time(time),
            Values::Int(amount),
            Values::Text(currency),
            Values::Text(category),
            Values::Text(brand),
            Values::Text(sku),
            Values::Text(store),
            Values::Text(channel),
            Values::Text(staff),
            Values::Text(quantity),
            Values::Int(discount),
            Values::Text(tier),
            Values::Text(partner),
            Values::Text(group),
            Values::Text(campaign),
        ]
    }
}
