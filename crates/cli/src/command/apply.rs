//! `regulars apply`: a program file becomes the version in force.

use crate::Answer;
use crate::command::check::findings;
use crate::flags::{Open, Shop, read_text, whoever};
use crate::moment;
use crate::print::Print;
use clap::Args;
use regulars_app::ProgramVersion;
use std::path::{Path, PathBuf};

/// Make a program file the version in force
#[derive(Args)]
pub(crate) struct Apply {
    /// The program file; `-` for standard input.
    file: PathBuf,
    /// From when on it decides, by the time of the event: a day or a moment. From now on if left
    /// out; a first version from the beginning of time.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Why, for those who look at the versions later.
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Apply, print: &Print) -> anyhow::Result<Answer> {
    let text = read_text(&ask.file)?;
    if findings(&ask.file, &text, print).is_none() {
        print.json(&regulars_server::view::check(&regulars_app::check(&text)))?;
        return Ok(Answer::No);
    }
    let open = ask.shop.open_or_make()?;
    let (before, version) = apply(&open, text, ask.from.as_deref(), &ask.note)?;
    if before == Some(version.version) {
        print.line(format!(
            "Nothing to do: version {} says the same already.",
            version.version
        ));
    } else {
        print.line(format!(
            "{} of `{}` is version {} from {} on.",
            name_of(&ask.file),
            open.tenant.name,
            version.version,
            since(&version, &open)
        ));
    }
    print.json(&regulars_server::view::version(version))?;
    Ok(Answer::Yes)
}

/// Applies a text. The newest version before, and the version that it is now.
pub(crate) fn apply(
    open: &Open,
    text: String,
    from: Option<&str>,
    note: &str,
) -> anyhow::Result<(Option<i64>, ProgramVersion)> {
    let from = match from {
        // The file's own time zone: the program may be the first.
        Some(from) => {
            let zone = regulars_app::check(&text).program.map(|it| it.zone.clone());
            let zone = zone.unwrap_or_else(|| open.zone());
            Some(moment::read("--from", from, &zone)?)
        }
        None => None,
    };
    let newest = open.app.programs(open.id())?.first().map(|it| it.version);
    let apply = regulars_app::Apply {
        text,
        from,
        by: whoever(),
        note: note.to_owned(),
    };
    let version = open.app.apply(open.id(), &apply)?;
    Ok((newest, version))
}

/// Since when a version decides, in words.
pub(crate) fn since(version: &ProgramVersion, open: &Open) -> String {
    if version.in_force_from <= regulars_base::Timestamp::FIRST {
        "the beginning".to_owned()
    } else {
        moment::shown(version.in_force_from, &open.zone())
    }
}

fn name_of(file: &Path) -> String {
    match file.file_name() {
        Some(name) if file.as_os_str() != "-" => name.to_string_lossy().into_owned(),
        _ => "The program".to_owned(),
    }
}
