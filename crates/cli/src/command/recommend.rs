//! `regulars recommend`: what goes with what members bought; and how good that would have been.

use crate::Answer;
use crate::flags::Shop;
use crate::print::{Print, Table, count};
use crate::progress::Progress;
use clap::Args;
use regulars_app::{
    Evaluated, FactsProgress, InsightOptions, RecommendAsk, Why, evaluate_recommendations,
};
use regulars_metrics::wilson;
use regulars_server::view;
use std::path::PathBuf;

/// Recommend products to a member, work out what goes with what, or ask order files how good that is
#[derive(Args)]
pub(crate) struct Recommend {
    /// To whom: an id or an identity (email:ana@example.com). How recommendations stand, if left out.
    member: Option<String>,
    /// Work out anew, from all that members bought in two years, what goes with what.
    #[arg(long, conflicts_with = "member")]
    build: bool,
    /// Ask files of orders: would each way to recommend have named something of each customer's last basket?
    /// No database is needed.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["member", "build"])]
    evaluate: Vec<PathBuf>,
    /// Which column of the files is which field, where it is not guessed: sku=product_id. Once for each field.
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 5)]
    limit: usize,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Recommend, print: &Print) -> anyhow::Result<Answer> {
    if !ask.evaluate.is_empty() {
        return evaluate(ask, print);
    }
    let open = ask.shop.open()?;
    if ask.build {
        let bar = Progress::new(print, "reading");
        let mut told = |done: u64, total: u64| {
            bar.at(done, total, format!("{} events", count(done)));
            true
        };
        let built = open.app.build_recommendations(open.id(), &mut told);
        bar.clear();
        built?;
    }
    let Some(member) = &ask.member else {
        let status = open.app.recommendation_status(open.id())?;
        let model = &status.model;
        print.line(match model.built_at() {
            None => "nothing is worked out yet; do so with --build".to_owned(),
            Some(at) => format!(
                "of {at}: {} baskets of {} customers, {} products, {} links",
                count(model.baskets),
                count(model.customers),
                count(model.products),
                count(model.links)
            ),
        });
        print.json(&view::recommendation_status(status))?;
        return Ok(Answer::Yes);
    };
    let who = crate::member::find(&open.app, open.id(), member)?;
    let wanted = RecommendAsk {
        most: ask.limit,
        ..RecommendAsk::default()
    };
    let who = regulars_app::MemberRef::Id(who.id);
    let found = open.app.recommend(open.id(), &who, &wanted)?;
    if found.held_out {
        print.line("they are held out: nothing is recommended to them");
    }
    for own in &found.items {
        let bought = |because: &str| {
            own.bought_name
                .clone()
                .unwrap_or_else(|| because.to_owned())
        };
        let why = match &own.why {
            Why::Together(why) => {
                let with = bought(&why.bought);
                format!("in {} of {} baskets with {with}", why.both, why.of)
            }
            Why::After(why) => {
                let with = bought(&why.bought);
                format!(
                    "bought by {} of {} within 30 days after {with}",
                    why.both, why.of
                )
            }
            Why::Also(why) => {
                let with = bought(&why.bought);
                format!("bought by {} of {} who bought {with}", why.both, why.of)
            }
            Why::Again(times) => format!("bought {times} times"),
            Why::Popular => "bought by many lately".to_owned(),
        };
        print.line(format!("{}  {}: {why}", own.product.id, own.product.name));
    }
    let currency = open.app.currency(open.id())?;
    print.json(&view::recommendations(found, currency))?;
    Ok(Answer::Yes)
}

fn evaluate(ask: &Recommend, print: &Print) -> anyhow::Result<Answer> {
    let options = InsightOptions {
        files: ask.evaluate.clone(),
        columns: ask.map.clone(),
        ..InsightOptions::default()
    };
    let bar = Progress::new(print, "reading");
    let at = |at: FactsProgress| {
        bar.at(at.done, at.total, format!("{} rows", count(at.rows)));
        true
    };
    let found = evaluate_recommendations(&options, &at);
    bar.clear();
    let found: Evaluated = found?;
    print.line(format!(
        "{} lines, {} products, {} lines left out; {} products are named for the first basket from {} on, by what was \
         bought before",
        count(found.lines),
        count(found.products.into()),
        count(found.left_out),
        found.named,
        found.asked_from
    ));
    let mut table = Table::new(&[
        "WAY",
        ">HIT RATE",
        "INTERVAL",
        ">CUSTOMERS",
        ">NEW PRODUCTS",
        "INTERVAL",
        ">CUSTOMERS",
    ]);
    for own in &found.methods {
        let mut row = vec![own.method.name().to_owned()];
        for (hits, of) in [(own.hits, own.of), (own.new_hits, own.new_of)] {
            let interval = wilson(hits.into(), of.into());
            row.push(match of {
                0 => "n/a".to_owned(),
                _ => percent(f64::from(hits) / f64::from(of)),
            });
            row.push(interval.map_or_else(String::new, |own| {
                format!("{} to {}", percent(own.low), percent(own.high))
            }));
            row.push(count(of.into()));
        }
        table.row(row);
    }
    print.table(&table);
    let methods = found.methods.iter().map(|own| {
        serde_json::json!({
            "method": own.method.name(), "hits": own.hits, "of": own.of,
            "new_hits": own.new_hits, "new_of": own.new_of,
        })
    });
    print.json(&serde_json::json!({
        "lines": found.lines, "left_out": found.left_out, "products": found.products,
        "named": found.named, "asked_from": found.asked_from.to_string(), "methods": methods.collect::<Vec<_>>(),
    }))?;
    Ok(Answer::Yes)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
