//! The processes of a cluster: one scheduler, and executors on as many machines as there are.
//!
//! They speak without keys and without encryption, and an executor reads whatever file a query names: they
//! belong into a network of their own. By default both listen on this machine alone.

use crate::Error;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

/// Seconds between two signs of life of an executor.
const HEARTBEAT: u64 = 3;
/// Seconds of silence after which an executor is taken for lost, and its work is done by others.
const LOST_AFTER: u64 = 15;
/// Seconds between two looks at who is silent.
const LOOK: u64 = 3;
/// Seconds after which what jobs left on an executor is removed, and how often that is looked for.
const KEEP: u64 = 6 * 3600;
const SWEEP: u64 = 600;

/// How an executor runs.
#[derive(Clone, Debug)]
pub struct Executing {
    /// `host:port` of the scheduler.
    pub scheduler: String,
    /// On which address of this machine it listens, on two free ports.
    pub listen: IpAddr,
    /// Under which name others reach this machine; the address, if nothing.
    pub host: Option<String>,
    /// Where what is passed from one step to the next lies.
    pub folder: PathBuf,
    /// On how many threads it works; 0 for as many as the machine has.
    pub threads: usize,
}

/// Runs a scheduler until it is stopped. `ready` is told where it listens.
pub fn schedule(
    listen: SocketAddr,
    host: Option<String>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), Error> {
    let host = reachable(listen.ip(), host)?;
    running()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .map_err(failed)?;
        let at = listener.local_addr().map_err(failed)?;
        let config = SchedulerConfig {
            bind_host: at.ip().to_string(),
            bind_port: at.port(),
            external_host: host,
            executor_timeout_seconds: LOST_AFTER,
            expire_dead_executor_interval_seconds: LOOK,
            no_executors_grace_period_seconds: 2 * LOST_AFTER,
            ..SchedulerConfig::default()
        };
        config.validate().map_err(failed)?;
        let cluster = BallistaCluster::new_from_config(&config).await;
        let cluster = cluster.map_err(failed)?;
        let server =
            create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config));
        let server = server.await.map_err(failed)?;
        ready(at);
        tokio::select! {
            ended = start_grpc_service_with_listener(listener, server) => ended.map_err(failed),
            _ = tokio::signal::ctrl_c() => Ok(()),
        }
    })
}

/// Runs an executor until it is stopped.
pub fn execute(how: &Executing) -> Result<(), Error> {
    let wrong = || Error::Address(how.scheduler.clone());
    let (host, port) = how.scheduler.rsplit_once(':').ok_or_else(wrong)?;
    let (port, own) = (port.parse().map_err(|_| wrong())?, free_ports(how.listen)?);
    std::fs::create_dir_all(&how.folder).map_err(failed)?;
    let config = ExecutorProcessConfig {
        bind_host: how.listen.to_string(),
        external_host: Some(reachable(how.listen, how.host.clone())?),
        port: own[0],
        grpc_port: own[1],
        scheduler_host: host.to_owned(),
        scheduler_port: port,
        scheduler_connect_timeout_seconds: 10,
        vcores: how.threads,
        work_dir: Some(how.folder.display().to_string()),
        executor_heartbeat_interval_seconds: HEARTBEAT,
        job_data_ttl_seconds: KEEP,
        job_data_clean_up_interval_seconds: SWEEP,
        ..ExecutorProcessConfig::default()
    };
    running()?
        .block_on(start_executor_process(Arc::new(config)))
        .map_err(failed)
}

/// The name that others are told.
fn reachable(listen: IpAddr, host: Option<String>) -> Result<String, Error> {
    match host {
        Some(host) => Ok(host),
        None if listen.is_unspecified() => Err(Error::Nameless(listen)),
        None => Ok(listen.to_string()),
    }
}

/// Two ports that nothing listens on.
fn free_ports(listen: IpAddr) -> Result<[u16; 2], Error> {
    // Both are held until both are known, so they differ.
    let one = TcpListener::bind((listen, 0)).map_err(failed)?;
    let other = TcpListener::bind((listen, 0)).map_err(failed)?;
    let port = |it: &TcpListener| it.local_addr().map(|at| at.port()).map_err(failed);
    Ok([port(&one)?, port(&other)?])
}

fn running() -> Result<tokio::runtime::Runtime, Error> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().build().map_err(failed)
}

fn failed(error: impl ToString) -> Error {
    Error::Process(error.to_string())
}
