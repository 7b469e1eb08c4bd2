//! What an event costs where a hundred segments are live: it is folded into the member's portrait, the
//! figures of the day are made of that, and every segment is asked. And how long a condition that nobody
//! asked before takes over all members, in the database.

use crate::folder::Folder;
use crate::merchant::{Merchant, PROGRAM};
use crate::options::Options;
use crate::orders;
use crate::random::Random;
use crate::report::Report;
use anyhow::{Context, anyhow, ensure};
use regulars_app::Database;
use regulars_base::{Currency, EventKey, Text, Timestamp};
use regulars_engage::{Portrait, Segment, Segments};
use regulars_engine::event::{Event, Kind};
use regulars_engine::state::Wallet;
use regulars_engine::{Outcome, Program};
use std::hint::black_box;
use std::time::{Duration, Instant};

const SEGMENTS: u64 = 100;
const MEMBERS: usize = 10_000;
/// Events that are made before the clock starts.
const PREPARED: usize = 100_000;
const DAY_MICROS: i64 = 86_400_000_000;
/// How often each condition is asked.
const ASKED: usize = 5;

/// The conditions that are asked of all members at once.
const CONDITIONS: [&str; 4] = [
    "orders_ever >= 1 && days_since_order > 30",
    "orders(365) == 0 || spend(90) >= 20.00",
    "spend_ever > 10 && days_as_member > 7 && !(orders(30) >= 2)",
    "first_order >= \"2024-06-01\" && orders(180) + orders(30) < 4",
];

/// Events into portraits.
pub(crate) fn events(options: &Options) -> anyhow::Result<Report> {
    let checked = regulars_app::check(PROGRAM);
    let program = checked.program.context("the program is right")?;
    let mut random = Random::new(7);
    let segments = segments(&program, &mut random)?;
    let prepared: Vec<(usize, Event)> = (0..PREPARED)
        .map(|no| {
            Ok((
                usize::try_from(random.below(MEMBERS as u64))?,
                event(no, program.currency, &mut random)?,
            ))
        })
        .collect::<anyhow::Result<_>>()?;
    let wallet = Wallet {
        enrolled_at: Some(Timestamp::from_micros(0)),
        ..Wallet::default()
    };
    let outcome = Outcome::default();
    let (mut done, mut held, mut seconds) = (0_u64, 0_u64, 0.0);
    while seconds < options.seconds {
        let mut portraits = vec![Portrait::default(); MEMBERS];
        let begin = Instant::now();
        for (member, event) in &prepared {
            let portrait = &mut portraits[*member];
            let seq = portrait.seq + 1;
            portrait.take(&program, seq, black_box(event), &outcome);
            let today = program.zone.day(event.occurred_at).number();
            let figures = portrait.figures(&program, &wallet, today);
            held += segments.of(&figures).count() as u64;
            black_box(portrait.wakes_on(&segments, &figures));
        }
        seconds += begin.elapsed().as_secs_f64();
        done += PREPARED as u64;
    }
    ensure!(held > done, "hardly anybody is in a segment");
    Ok(Report::rate("segments", done, seconds)
        .with("segments", SEGMENTS as f64)
        .with("held_per_event", held as f64 / done as f64))
}

/// Conditions over all members.
pub(crate) fn preview(options: &Options) -> anyhow::Result<Report> {
    let folder = Folder::new(options, "segment-preview")?;
    let file = folder.file("orders.csv");
    orders::write(&file, orders::of_each(options.members))?;
    let merchant = Merchant::new(Database::Sqlite(folder.file("shop.db")))?;
    merchant.import(&file, &mut |_| true)?;
    let begin = Instant::now();
    let whole = merchant
        .app
        .follow_segments(merchant.tenant, Duration::from_secs(86_400))?;
    ensure!(whole, "the log was not followed to its end");
    let followed = begin.elapsed().as_secs_f64();
    let mut millis = Vec::new();
    for _ in 0..ASKED {
        for condition in CONDITIONS {
            let begin = Instant::now();
            let found = merchant
                .app
                .preview_segment(merchant.tenant, condition, 10)?;
            ensure!(found.complete && found.of > 0, "not everybody was asked");
            millis.push(begin.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(Report::of("segment-preview")
        .with("members", options.members as f64)
        .with("seconds_to_follow", followed)
        .with_durations(millis))
}

/// Three tests each, all different.
fn segments(program: &Program, random: &mut Random) -> anyhow::Result<Segments> {
    let windows = ["7", "30", "90", "180", "365"];
    let all = (0..SEGMENTS).map(|no| {
        let (one, other) = (random.one_of(&windows), random.one_of(&windows));
        let (few, days) = (random.below(3), 5 + no);
        let text = format!(
            "orders({one}) > {few} && (spend({other}) >= {no}.50 || days_since_order > {days})"
        );
        Segment::new(&format!("s{no}"), &text, program).map_err(|faults| anyhow!("{faults:?}"))
    });
    Ok(Segments::new(all.collect::<Result<_, _>>()?))
}

/// A purchase somewhere in a year, later ones later.
fn event(no: usize, currency: Currency, random: &mut Random) -> anyhow::Result<Event> {
    let amount = i64::try_from(random.below(20_000))?;
    let order = format!("r-{no}");
    let purchase = orders::purchase(&order, currency, amount)?;
    let year = 365 * DAY_MICROS;
    let share = i64::try_from(no)? * (year / i64::try_from(PREPARED)?);
    let at = Timestamp::from_micros(20_000 * DAY_MICROS + share);
    Ok(Event {
        key: EventKey {
            source: Text::new("till")?,
            external_id: Text::new(order)?,
        },
        occurred_at: at,
        recorded_at: at,
        entropy: [0; 16],
        kind: Kind::Purchase(Box::new(purchase)),
    })
}
