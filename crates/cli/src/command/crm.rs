//! `regulars crm`: members as a CRM has them, out and in.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::Shop;
use crate::print::{Print, count, counted};
use clap::{Args, Subcommand};
use regulars_base::Timestamp;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// Write members as CSV for a CRM, and take in what a CRM says of them
#[derive(Args)]
pub(crate) struct Crm {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// Write all members: what they are recognised by, what is known of them, what they allow.
    Export {
        /// The file, which must not exist yet.
        file: PathBuf,
        /// Only those of whom something was changed since this moment (`2025-03-01T00:00:00Z`).
        #[arg(long, value_name = "MOMENT")]
        since: Option<Timestamp>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take in a file of the same columns, or with `--map`. Newer wins; a consent needs its proof.
    Import {
        /// The file.
        file: PathBuf,
        /// What a column is called that is called otherwise: `email=E-Mail`, `attribute.city=Town`, `Fax=-` to
        /// leave one out.
        #[arg(long = "map", value_name = "WHAT=COLUMN")]
        map: Vec<String>,
        /// Where rows go that cannot be taken, with line and reason; `FILE.rejects.csv` if nothing.
        #[arg(long, value_name = "FILE")]
        rejects: Option<PathBuf>,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &Crm, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::Export { file, since, shop } => export(file, *since, shop, print),
        What::Import {
            file,
            map,
            rejects,
            shop,
        } => import((file, map), rejects.as_deref(), shop, print),
    }
}

fn export(
    file: &Path,
    since: Option<Timestamp>,
    shop: &Shop,
    print: &Print,
) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let made = File::create_new(file).map_err(|error| Failure::writing(file, &error))?;
    let members = open
        .app
        .export_contacts(open.id(), since, &mut BufWriter::new(made))?;
    print.line(format!(
        "{}: {}",
        file.display(),
        counted(members, "member")
    ));
    print.json(&serde_json::json!({ "file": file, "members": members }))?;
    Ok(Answer::Yes)
}

fn import(
    (file, map): (&Path, &[String]),
    rejects: Option<&Path>,
    shop: &Shop,
    print: &Print,
) -> anyhow::Result<Answer> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::reading(file, &error))?;
    let beside = {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".rejects.csv");
        file.with_file_name(name)
    };
    let open = shop.open()?;
    let done = open
        .app
        .import_contacts(open.id(), (&text, map), rejects.unwrap_or(&beside))?;
    print.line(format!(
        "{}: {} new, {} changed; {} stay as they are here, which is newer",
        counted(done.rows, "row"),
        count(done.new),
        count(done.changed),
        counted(done.kept, "thing")
    ));
    if let Some(rejects) = &done.rejects {
        print.line(format!(
            "{} could not be taken: {}",
            counted(done.rejected, "thing"),
            rejects.display()
        ));
    }
    print.json(&serde_json::json!({
        "rows": done.rows,
        "new": done.new,
        "changed": done.changed,
        "kept": done.kept,
        "rejected": done.rejected,
        "rejects": done.rejects,
    }))?;
    Ok(if done.rejected == 0 {
        Answer::Yes
    } else {
        Answer::No
    })
}
