//! `regulars products` and `regulars stores`: what they are called, and what products cost.

use crate::Answer;
use crate::flags::{Shop, read_text};
use crate::print::{Print, Table, counted};
use clap::{Args, Subcommand};
use regulars_app::{MasterFind, MasterForm, MasterSort, PageAsk};
use regulars_server::view;
use std::path::{Path, PathBuf};

/// Say what products are called and cost, and list them
#[derive(Args)]
pub(crate) struct Products {
    #[command(subcommand)]
    what: What,
}

/// Say what stores are called, and list them
#[derive(Args)]
pub(crate) struct Stores {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Take a file: CSV with the columns id and name (products: category, price, brand, size; others are
    /// attributes), or NDJSON.
    Import {
        /// The file; `-` for standard input. NDJSON if its name ends so (.ndjson, .jsonl), else CSV.
        file: PathBuf,
        #[command(flatten)]
        shop: Shop,
    },
    /// List them.
    List {
        /// Those with this in their id, name, category or brand.
        #[arg(long, value_name = "WORDS")]
        find: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn products(ask: &Products, print: &Print) -> anyhow::Result<Answer> {
    run(MasterSort::Product, &ask.what, print)
}

pub(crate) fn stores(ask: &Stores, print: &Print) -> anyhow::Result<Answer> {
    run(MasterSort::Store, &ask.what, print)
}

fn run(sort: MasterSort, what: &What, print: &Print) -> anyhow::Result<Answer> {
    match what {
        What::Import { file, shop } => import(sort, file, shop, print),
        What::List { find, shop } => list(sort, find.as_deref(), shop, print),
    }
}

fn import(sort: MasterSort, file: &Path, shop: &Shop, print: &Print) -> anyhow::Result<Answer> {
    let ending = file.extension().and_then(|own| own.to_str());
    let form = match ending {
        Some("ndjson" | "jsonl") => MasterForm::Ndjson,
        _ => MasterForm::Csv,
    };
    let text = read_text(file)?;
    let open = shop.open()?;
    let taken = open.app.put_master_data(open.id(), sort, (form, &text))?;
    print.line(format!(
        "{} taken, {} left out",
        counted(taken.taken, "line"),
        counted(taken.rejected, "line")
    ));
    for (line, why) in &taken.rejects {
        print.line(format!("line {line}: {why}"));
    }
    let answer = match taken.rejected {
        0 => Answer::Yes,
        _ => Answer::No,
    };
    print.json(&view::master_taken(taken))?;
    Ok(answer)
}

fn list(
    sort: MasterSort,
    find: Option<&str>,
    shop: &Shop,
    print: &Print,
) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let currency = open.app.currency(open.id())?;
    let find = MasterFind {
        category: None,
        words: find.map(str::to_owned),
    };
    let mut page = PageAsk {
        after: None,
        limit: 1000,
    };
    let mut all = Vec::new();
    loop {
        let some = open.app.master_data(open.id(), (sort, &find), &page)?;
        all.extend(some.items);
        page.after = some.next;
        if page.after.is_none() {
            break;
        }
    }
    let products = all.iter().cloned();
    let products: Vec<_> = products.map(|own| view::product(own, currency)).collect();
    let mut table = Table::new(&["ID", ">PRICE", "CATEGORY", "NAME"]);
    for own in &products {
        table.row(vec![
            own.id.clone(),
            own.price
                .as_ref()
                .map(|own| own.0.clone())
                .unwrap_or_default(),
            own.category.clone().unwrap_or_default(),
            own.name.clone(),
        ]);
    }
    print.table(&table);
    match sort {
        MasterSort::Product => print.json(&products)?,
        MasterSort::Store => print.json(&all.into_iter().map(view::store).collect::<Vec<_>>())?,
    }
    Ok(Answer::Yes)
}
