//! `regulars plan`: what a program file would change, before it does.

use crate::Answer;
use crate::command::check::findings;
use crate::failure::Failure;
use crate::flags::{Open, Reading, Shop, read_text};
use crate::moment;
use crate::print::{Print, Style, Table, count, counted};
use crate::progress::Progress;
use clap::Args;
use regulars_app::{ImportFile, MembersPlan, MoverStanding, PlanFigures, PlanOrders};
use regulars_base::{Currency, Money, Timestamp, Zone};
use regulars_engine::program::words;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Say what a program file would change: in words, and in effect on recorded purchases
#[derive(Args)]
pub(crate) struct Plan {
    /// The program file; `-` for standard input.
    file: PathBuf,
    /// How many of the last purchases are decided afresh by both versions.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    sample: usize,
    /// From when on it would decide: a day or a moment. From now on if left out.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Where the members are written of whom something changes, as CSV.
    #[arg(long, value_name = "FILE")]
    movers: Option<PathBuf>,
    /// Run the file and the version in force over these orders, and keep what they come to for whoever
    /// approves the file: points, cost, liability, tiers, winners and losers.
    #[arg(long, value_name = "FILE")]
    orders: Option<PathBuf>,
    /// The same over what the shop's own log says that customers did, redeemed and were given by hand. What
    /// else moved points then is counted and named. Both may be asked for; they are kept apart.
    #[arg(long)]
    history: bool,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Plan, print: &Print) -> anyhow::Result<Answer> {
    let text = read_text(&ask.file)?;
    if findings(&ask.file, &text, print).is_none() {
        print.json(&regulars_server::view::check(&regulars_app::check(&text)))?;
        return Ok(Answer::No);
    }
    let open = ask.shop.open()?;
    let plan = open.app.plan(open.id(), &text, ask.sample)?;
    let from = ask.from.as_deref();
    let zone = &plan.candidate.zone;
    let from = from.map(|text| moment::read("--from", text, zone));
    let from = from.transpose()?;
    let members = match plan.against {
        Some(_) => Some(open.app.plan_members(open.id(), &text, from)?),
        None => None,
    };
    let file = ask.orders.iter().map(|file| {
        let orders = ask.reading.options(file, ImportFile::Orders);
        PlanOrders::File(Box::new(orders))
    });
    let asked = file.chain(ask.history.then_some(PlanOrders::Log));
    for orders in asked.filter(|_| plan.against.is_some()) {
        let bar = Progress::new(print, "deciding");
        let done = open.app.plan_figures(open.id(), &text, orders, &mut |at| {
            bar.at(at.done, at.total, format!("{} rows", count(at.rows)));
            true
        });
        bar.clear();
        done?;
    }
    let figures = open.app.planned(open.id(), &text)?;
    let mut shown = regulars_server::view::plan(&plan);
    shown.figures = (figures.iter())
        .map(regulars_server::view::plan_figures)
        .collect();
    shown.members = members.as_ref().map(regulars_server::view::members_plan);
    print.json(&shown)?;
    match plan.against {
        None => print.line("There is no program yet: this would be version 1."),
        Some(version) if shown.differences.is_empty() => {
            print.line(format!(
                "Nothing would change: it says what version {version} says."
            ));
        }
        Some(version) => {
            let title = format!("Compared with version {version}, which is in force:");
            print.line(print.style(Style::Bold, title));
            for difference in &shown.differences {
                print.line(format!("  {difference}"));
            }
        }
    }
    effect(&plan, print);
    for figures in &figures {
        over_orders(figures, zone, print);
    }
    if let Some(members) = &members {
        all_members(members, zone, print);
    }
    if let (Some(path), Some(_)) = (&ask.movers, plan.against) {
        let count = write_movers(path, &open, &text, from)?;
        print.line(format!("{count} members are in {}.", path.display()));
    }
    Ok(Answer::Yes)
}

/// What the file would have come to over real orders.
fn over_orders(it: &PlanFigures, zone: &Zone, print: &Print) {
    print.line("");
    let title = format!(
        "Over {} ({}, {}), as of {}:",
        it.over,
        counted(it.members, "member"),
        counted(it.events, "event"),
        moment::shown(Timestamp::from_micros(it.at_micros), zone),
    );
    print.line(print.style(Style::Bold, title));
    let mut points = Table::new(&[
        "POINTS", ">GIVEN", ">THEN", ">USED", ">THEN", ">LAPSED", ">THEN", ">HELD", ">THEN",
        ">COST", ">THEN", ">OWED", ">THEN",
    ]);
    let money = |minor: Option<i64>| {
        let currency = Currency::new(&it.currency).ok();
        let money = minor
            .zip(currency)
            .map(|(minor, currency)| Money { minor, currency });
        money.map_or_else(String::new, |money| money.to_string())
    };
    for own in &it.points {
        points.row(vec![
            own.points.clone(),
            own.issued.0.clone(),
            own.issued.1.clone(),
            own.redeemed.0.clone(),
            own.redeemed.1.clone(),
            own.expired.0.clone(),
            own.expired.1.clone(),
            own.outstanding.0.clone(),
            own.outstanding.1.clone(),
            money(own.cost_minor.0),
            money(own.cost_minor.1),
            money(own.liability_minor.0),
            money(own.liability_minor.1),
        ]);
    }
    print.table(&points);
    let (before, after) = it.rewards_refused;
    if before + after > 0 {
        print.line(format!(
            "{} could not be had under the version in force, {} under the file: too few points, or no such reward.",
            counted(before, "reward"),
            count(after),
        ));
    }
    if !it.left_out.is_empty() {
        let sorts: Vec<String> = (it.left_out.iter())
            .map(|(sort, times)| format!("{sort} ({})", count(*times)))
            .collect();
        print.line(format!(
            "In the log and not in these figures: {}.",
            sorts.join(", ")
        ));
    }
    let [more, less, mixed, same] = it.sides;
    print.line(format!(
        "{} earn more, {} less, {} more of some points and less of others, {} the same.",
        count(more),
        count(less),
        count(mixed),
        count(same),
    ));
    let mut moves = Table::new(&["FROM TIER", "TO TIER", ">MEMBERS"]);
    for (from, to, members) in it.tier_moves.iter().filter(|(from, to, _)| from != to) {
        moves.row(vec![from.clone(), to.clone(), count(*members)]);
    }
    if !moves.is_empty() {
        print.table(&moves);
    }
    let mut movers = Table::new(&["CUSTOMER", "POINTS", ">IN FORCE", ">WITH THIS FILE"]);
    for mover in it.movers.iter().take(10) {
        movers.row(vec![
            mover.customer.clone(),
            mover.points.clone(),
            mover.before.clone(),
            mover.after.clone(),
        ]);
    }
    if !movers.is_empty() {
        print.table(&movers);
    }
}

/// Who moves, and what becomes of points.
fn all_members(plan: &MembersPlan, zone: &Zone, print: &Print) {
    print.line("");
    print.line(format!(
        "Of {} members something changes for {}, on {}.",
        count(plan.members),
        count(plan.moved),
        moment::shown(plan.at, zone),
    ));
    let mut tiers = Table::new(&["FROM TIER", "TO TIER", ">MEMBERS"]);
    for moves in &plan.tiers {
        let (from, to) = (moves.from.clone(), moves.to.clone());
        tiers.row(vec![from, to, count(moves.members)]);
    }
    if !tiers.is_empty() {
        print.table(&tiers);
    }
    for (number, what) in [
        (plan.tier_ends, "keep their tier, with another end of it"),
        (
            plan.cards,
            "hold a stamp card that is gone or takes another number of stamps",
        ),
        (plan.vouchers, "hold a voucher for a reward that is gone"),
    ] {
        if number > 0 {
            print.line(format!("{} {what}.", count(number)));
        }
    }
    let mut points = Table::new(&[
        "POINTS",
        ">SOONER",
        ">LATER",
        ">LAPSE AT ONCE",
        ">HELD",
        ">THEN",
        ">IN A YEAR",
        ">THEN",
    ]);
    for it in &plan.points {
        let number = |amount| words::number(it.decimals, amount);
        points.row(vec![
            it.points.clone(),
            number(it.sooner),
            number(it.later),
            number(it.at_once),
            number(it.held.before),
            number(it.held.after),
            number(it.held_in_a_year.before),
            number(it.held_in_a_year.after),
        ]);
    }
    if !points.is_empty() {
        print.table(&points);
    }
    for it in &plan.points {
        let money = |minor: Option<i64>| {
            let currency = Currency::new(&plan.currency).ok()?;
            Some(
                Money {
                    minor: minor?,
                    currency,
                }
                .to_string(),
            )
        };
        let (now, year) = (it.liability, it.liability_in_a_year);
        if let (Some(was), Some(is), Some(was_then), Some(is_then)) =
            (money(now.0), money(now.1), money(year.0), money(year.1))
        {
            print.line(format!(
                "What {} are worth: {was} becomes {is}; a year later, if nobody buys, {was_then} becomes {is_then}.",
                it.points
            ));
        }
    }
}

/// Writes a line for each member of whom something changes.
fn write_movers(
    path: &Path,
    open: &Open,
    text: &str,
    from: Option<Timestamp>,
) -> anyhow::Result<u64> {
    let failed = |error: std::io::Error| Failure::writing(path, &error);
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    let head = "member,tier,new_tier,tier_until,new_tier_until,next_expiry,new_next_expiry,held,new_held,cards,vouchers";
    writeln!(file, "{head}").map_err(failed)?;
    let (mut written, mut wrong) = (0, None);
    let moment = |at: Option<Timestamp>| at.map_or_else(String::new, |at| at.to_string());
    let held = |it: &MoverStanding| {
        let one = |(id, decimals, amount): &(String, u8, i64)| {
            format!("{} {id}", words::number(*decimals, *amount))
        };
        it.held.iter().map(one).collect::<Vec<_>>().join("; ")
    };
    open.app.each_mover(open.id(), text, from, &mut |mover| {
        let (before, after) = (&mover.before, &mover.after);
        let line = writeln!(
            file,
            "{},{},{},{},{},{},{},{},{},{},{}",
            mover.member,
            before.tier.as_deref().unwrap_or_default(),
            after.tier.as_deref().unwrap_or_default(),
            moment(before.tier_until),
            moment(after.tier_until),
            moment(before.next_expiry),
            moment(after.next_expiry),
            held(before),
            held(after),
            mover.cards,
            mover.vouchers,
        );
        written += 1;
        if let Err(error) = line {
            wrong.get_or_insert(error);
        }
    })?;
    match wrong.map_or_else(|| file.flush(), Err) {
        Ok(()) => Ok(written),
        Err(error) => Err(failed(error).into()),
    }
}

fn effect(plan: &regulars_app::Plan, print: &Print) {
    let effect = &plan.effect;
    if plan.against.is_none() || effect.purchases == 0 {
        return;
    }
    print.line("");
    print.line(format!(
        "Of the last {} purchases, {} would give something else; {} members would have more, {} less.",
        count(effect.purchases),
        count(effect.changed),
        count(effect.members_better),
        count(effect.members_worse),
    ));
    let mut table = Table::new(&["POINTS", ">IN FORCE", ">WITH THIS FILE", ">CHANGE"]);
    for (points, before, after) in &effect.points {
        let decimals = plan
            .candidate
            .points_named(*points)
            .map_or(0, |it| it.decimals);
        let change = words::number(decimals, after - before);
        table.row(vec![
            words::id_of(&plan.candidate, *points).to_owned(),
            words::number(decimals, *before),
            words::number(decimals, *after),
            if after > before {
                format!("+{change}")
            } else {
                change
            },
        ]);
    }
    if !table.is_empty() {
        print.table(&table);
    }
}
