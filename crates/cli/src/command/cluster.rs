//! What is asked of a cluster of machines: `regulars cluster`, `regulars sql`, and `report --cluster`.

use crate::Answer;
use crate::failure::Failure;
use crate::print::{Print, Style, Table, counted};
use clap::{Args, Subcommand};
use regulars_app::Elsewhere;
use regulars_base::Zone;
use regulars_cluster::{Executing, Folder, Questions, execute, schedule};
use regulars_metrics::Calendar;
use regulars_metrics::metric::cohorts::Cohorts;
use regulars_metrics::sums::Basics;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Ask facts with SQL, on this machine or on a cluster
///
/// The folder is one that `regulars export --facts` wrote. It is the table `facts`; one SELECT is answered,
/// and nothing can be changed by it.
#[derive(Args)]
pub(crate) struct Sql {
    /// The folder of facts.
    folder: PathBuf,
    /// The query, as in 'SELECT month, COUNT(DISTINCT customer) FROM facts GROUP BY month ORDER BY month'.
    query: String,
    /// Ask the cluster whose scheduler listens there. All its machines must see the folder under the same
    /// path.
    #[arg(long, value_name = "HOST:PORT")]
    cluster: Option<String>,
}

/// Run a process of a cluster, on which facts are asked: one scheduler, executors on each machine
///
/// They speak without keys and without encryption, and read any file that a query names: run them in a
/// network of their own.
#[derive(Args)]
pub(crate) struct Cluster {
    #[command(subcommand)]
    part: Part,
}

#[derive(Subcommand)]
enum Part {
    /// Take queries and deal their parts to executors
    Schedule(Schedule),
    /// Work on parts of queries
    Execute(Execute),
}

#[derive(Args)]
struct Schedule {
    /// Where to listen. Port 0 takes any that is free, and says which.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:50050")]
    listen: SocketAddr,
    /// Under which name executors reach this machine; the address, if left out.
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
}

#[derive(Args)]
struct Execute {
    /// Where the scheduler listens.
    #[arg(value_name = "HOST:PORT")]
    scheduler: String,
    /// On which address of this machine to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    listen: IpAddr,
    /// Under which name others reach this machine; the address, if left out.
    #[arg(long, value_name = "NAME")]
    host: Option<String>,
    /// Where what one step hands to the next lies.
    #[arg(long, value_name = "FOLDER", default_value = "./regulars-executor")]
    folder: PathBuf,
    /// On how many threads; as many as the machine has if left out.
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

pub(crate) fn run(ask: &Cluster, print: &Print) -> anyhow::Result<Answer> {
    match &ask.part {
        Part::Schedule(it) => schedule(it.listen, it.host.clone(), |at| listening(at, print)),
        Part::Execute(it) => execute(&Executing {
            scheduler: it.scheduler.clone(),
            listen: it.listen,
            host: it.host.clone(),
            folder: it.folder.clone(),
            threads: it.threads,
        }),
    }?;
    Ok(Answer::Yes)
}

fn listening(at: SocketAddr, print: &Print) {
    print.line(format!("scheduler at {at}; add machines with"));
    print.line(print.style(Style::Bold, format!("  regulars cluster execute {at}")));
    // What cannot be said to a pipe that is gone keeps nobody from working.
    let _ = print.json_line(&serde_json::json!({ "listening": at.to_string() }));
}

pub(crate) fn sql(ask: &Sql, print: &Print) -> anyhow::Result<Answer> {
    let folder = open(&ask.folder, ask.cluster.as_deref())?;
    let answer = folder.ask(&ask.query)?;
    let columns = answer.columns();
    let mut rows = Vec::new();
    answer.each(|row| rows.push(row))?;
    let heads: Vec<String> = columns
        .iter()
        .map(|(name, number)| format!("{}{name}", if *number { ">" } else { "" }))
        .collect();
    let mut table = Table::new(&heads);
    for row in &rows {
        let cell = |value: &Option<String>| value.clone().unwrap_or_default();
        table.row(row.iter().map(cell).collect());
    }
    print.table(&table);
    print.line(counted(answer.len() as u64, "row"));
    let names: Vec<&String> = columns.iter().map(|(name, _)| name).collect();
    print.json(&serde_json::json!({ "columns": names, "rows": rows }))?;
    Ok(Answer::Yes)
}

/// Who counts for a report: a cluster, over one folder of facts.
pub(crate) struct Counting {
    folder: Folder,
    questions: Questions,
}

impl Counting {
    /// On the cluster at `address`, with days of this zone.
    pub(crate) fn on(address: &str, files: &[PathBuf], zone: Option<&str>) -> anyhow::Result<Self> {
        let [folder] = files else {
            return Err(Failure::new(
                "a cluster counts one folder of facts",
                "write it with `regulars export --facts FOLDER` and name nothing else",
            )
            .into());
        };
        let zone = zone.map_or(Ok(Zone::UTC), Zone::new)?;
        Ok(Self {
            folder: open(folder, Some(address))?,
            questions: Questions::new(&zone),
        })
    }
}

impl Elsewhere for Counting {
    fn rows(&self) -> Result<(u64, i128), String> {
        self.folder
            .rows(&self.questions)
            .map_err(|it| it.to_string())
    }

    fn basics(&self, number: &dyn Fn(&str) -> Option<u64>) -> Result<Basics, String> {
        let basics = self.folder.basics(&self.questions, number);
        basics.map_err(|it| it.to_string())
    }

    fn cohorts(&self, calendar: &Calendar) -> Result<Cohorts, String> {
        let cohorts = self.folder.cohorts(&self.questions, calendar);
        cohorts.map_err(|it| it.to_string())
    }
}

fn open(folder: &Path, cluster: Option<&str>) -> anyhow::Result<Folder> {
    Ok(Folder::open(folder, cluster)?)
}
