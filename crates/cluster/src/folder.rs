//! The folder of facts as a table, asked here or on a cluster.

use crate::{Answer, COLUMNS, Error};
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::runtime::Runtime;

/// What the table is called.
const TABLE: &str = "facts";

/// Into how many parts a cluster splits the customers: more than the cores of a few machines, so that what
/// one of them loses is little and goes to the others.
const PARTS: usize = 16;

/// How often a cluster is asked. It does again what a lost machine had under way; only results that lay there
/// when it was lost, or a machine that is not missed yet, cost another try.
const TRIES: u32 = 4;

/// Between two tries: together longer than a scheduler takes to miss a machine.
const PAUSE: Duration = Duration::from_secs(8);

/// How long a scheduler may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Facts that can be asked.
pub struct Folder {
    path: PathBuf,
    runtime: Runtime,
    context: SessionContext,
    on_cluster: bool,
}

impl Folder {
    /// Opens what `regulars export --facts` has written; with `cluster` (`host:port` of a scheduler) it is
    /// asked there. All machines of a cluster must see the folder under the same path.
    pub fn open(path: &Path, cluster: Option<&str>) -> Result<Self, Error> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Process(error.to_string()))?;
        let context = match cluster {
            Some(address) => runtime.block_on(remote(address))?,
            None => SessionContext::new(),
        };
        runtime.block_on(register(&context, &path))?;
        Ok(Self {
            path,
            runtime,
            context,
            on_cluster: cluster.is_some(),
        })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Asks with one SELECT; nothing can be changed by it.
    pub fn ask(&self, sql: &str) -> Result<Answer, Error> {
        self.runtime.block_on(self.asked(sql))
    }

    async fn asked(&self, sql: &str) -> Result<Answer, Error> {
        let refused = |error: DataFusionError| Error::Query(error.strip_backtrace());
        let only_reads = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        let frame = self.context.sql_with_options(sql, only_reads).await;
        let frame = frame.map_err(refused)?;
        let schema = frame.schema().inner().clone();
        let mut tries = 1;
        loop {
            let why = match frame.clone().collect().await {
                Ok(batches) => return Ok(Answer::new(schema, batches)),
                Err(error) if !self.on_cluster => return Err(refused(error)),
                Err(error) => error.strip_backtrace(),
            };
            if tries == TRIES {
                return Err(Error::Failed { tries, why });
            }
            tries += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Refuses what does not listen at once; the client of the cluster would wait.
fn reach(address: &str) -> Result<(), Error> {
    let wrong = || Error::Address(address.to_owned());
    let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
    if host.is_empty() || port.parse::<u16>().is_err() {
        return Err(wrong());
    }
    let away = |error: std::io::Error| Error::Unreachable {
        address: address.to_owned(),
        why: error.to_string(),
    };
    let mut why = std::io::Error::other("the name has no address");
    for place in address.to_socket_addrs().map_err(away)? {
        match TcpStream::connect_timeout(&place, PATIENCE) {
            Ok(_) => return Ok(()),
            Err(error) => why = error,
        }
    }
    Err(away(why))
}

async fn remote(address: &str) -> Result<SessionContext, Error> {
    reach(address)?;
    let config = SessionConfig::new_with_ballista()
        .with_target_partitions(PARTS)
        .with_ballista_job_name("regulars");
    let state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .build();
    let context = SessionContext::remote_with_state(&format!("df://{address}"), state).await;
    context.map_err(|error| Error::Unreachable {
        address: address.to_owned(),
        why: error.strip_backtrace(),
    })
}

/// Makes the folder known as a table, partitioned by month.
async fn register(context: &SessionContext, path: &Path) -> Result<(), Error> {
    let not = |why: String| Error::NotFacts {
        folder: path.to_owned(),
        why,
    };
    if !path.is_dir() {
        return Err(not("it is no folder".into()));
    }
    let place = format!("{}/", path.display());
    let options = ParquetReadOptions::default()
        .table_partition_cols(vec![("month".to_owned(), DataType::Utf8)]);
    let known = context.register_parquet(TABLE, &place, options).await;
    known.map_err(|error| not(error.strip_backtrace()))?;
    let table = context.table(TABLE).await;
    let table = table.map_err(|error| not(error.strip_backtrace()))?;
    let missing = |name: &&&str| table.schema().field_with_unqualified_name(name).is_err();
    match COLUMNS.iter().find(missing) {
        Some(name) => Err(not(format!("there is no column `{name}`"))),
        None => Ok(()),
    }
}
