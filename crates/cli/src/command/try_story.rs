//! `regulars try`: stories with expected results, told to the engine alone.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::read_text;
use crate::print::{Print, Style, counted};
use clap::Args;
use regulars_sim::scenario::{self, Clockwork, Difference, Scenario};
use std::path::{Path, PathBuf};

/// Run scenario files: does each step end as the file says? No database is needed
#[derive(Args)]
pub(crate) struct Try {
    /// The scenario files. The programs that they name are looked for beside them, in `programs`
    /// beside them, and in `programs` one folder up.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Write what came out into the files, in place of what they expect.
    #[arg(long)]
    update: bool,
}

/// How one story went.
struct Told {
    steps: usize,
    /// With the lines of the file.
    wrong: Vec<(usize, String)>,
    /// What can be written into the file.
    differences: Vec<Difference>,
}

pub(crate) fn run(ask: &Try, print: &Print) -> anyhow::Result<Answer> {
    let mut answer = Answer::Yes;
    for file in &ask.files {
        let text = read_text(file)?;
        let told = tell(file, &text);
        if ask.update && !told.differences.is_empty() {
            let updated = scenario::update(&text, &told.differences);
            std::fs::write(file, updated).map_err(|error| Failure::writing(file, &error))?;
        }
        if !told.wrong.is_empty() {
            answer = Answer::No;
        }
        print.json_line(&serde_json::json!({
            "file": file,
            "ok": told.wrong.is_empty(),
            "steps": told.steps,
            "differences": told.wrong.iter().map(|(line, what)| {
                serde_json::json!({ "line": line, "what": what })
            }).collect::<Vec<_>>(),
        }))?;
        shown(file, &told, print);
    }
    Ok(answer)
}

fn tell(file: &Path, text: &str) -> Told {
    let story = match Scenario::parse(text, &|name| load_program(file, name)) {
        Ok(story) => story,
        Err(faults) => {
            let wrong = faults.into_iter().map(|fault| (fault.line, fault.what));
            return Told {
                steps: 0,
                wrong: wrong.collect(),
                differences: Vec::new(),
            };
        }
    };
    let mut told = Told {
        steps: story.steps.len(),
        wrong: Vec::new(),
        differences: Vec::new(),
    };
    for clockwork in [Clockwork::Lazy, Clockwork::Punctual] {
        for step in scenario::run(&story, clockwork) {
            for difference in step.differences {
                let said = (step.line, difference.what.clone());
                if !told.wrong.contains(&said) {
                    told.wrong.push(said);
                }
                if clockwork == Clockwork::Lazy {
                    told.differences.push(difference);
                }
            }
        }
    }
    told
}

fn load_program(story: &Path, name: &str) -> Result<String, String> {
    let beside = story.parent().unwrap_or(Path::new("."));
    let places = [
        beside.join(name),
        beside.join("programs").join(name),
        beside.join("../programs").join(name),
    ];
    match places.iter().find(|path| path.is_file()) {
        Some(path) => std::fs::read_to_string(path).map_err(|error| error.to_string()),
        None => {
            Err("is neither beside the story, nor in `programs` beside it or one folder up".into())
        }
    }
}

fn shown(file: &Path, told: &Told, print: &Print) {
    let name = file.display();
    if told.wrong.is_empty() {
        let steps = counted(told.steps as u64, "step");
        print.line(format!(
            "{} {name} ({steps})",
            print.style(Style::Good, "ok   ")
        ));
        return;
    }
    print.line(format!("{} {name}", print.style(Style::Bad, "WRONG")));
    for (line, what) in &told.wrong {
        print.line(format!("      {name}:{line}: {what}"));
    }
}
