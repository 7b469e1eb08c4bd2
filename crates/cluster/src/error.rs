//! What can go wrong, with what to do about it.

use std::path::PathBuf;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody listens there.
    #[error(
        "no scheduler answers at {address}: {why}; start one there with `regulars cluster schedule`"
    )]
    Unreachable {
        /// Where it was looked for.
        address: String,
        /// What the network says.
        why: String,
    },
    /// What is no host and port.
    #[error("`{0}` is no address; write HOST:PORT, as in 127.0.0.1:50050")]
    Address(String),
    /// A folder that `export --facts` has not written.
    #[error("`{folder}` holds no facts: {why}; write them with `regulars export --facts FOLDER`")]
    NotFacts {
        /// The folder.
        folder: PathBuf,
        /// What is missing.
        why: String,
    },
    /// SQL that cannot be run.
    #[error(
        "the query cannot be run: {0}; ask with one SELECT over the table `facts`, whose columns \
         `SELECT * FROM facts LIMIT 1` shows"
    )]
    Query(String),
    /// Machines failed more often than is tried again.
    #[error(
        "the cluster has not answered after {tries} tries: {why}; see what its schedulers and executors log"
    )]
    Failed {
        /// How often it was asked.
        tries: u32,
        /// What it said last.
        why: String,
    },
    /// The answer is not of the form that was asked for.
    #[error(
        "the answer is not what was asked for: {0}; run the same version of regulars everywhere"
    )]
    Answer(String),
    /// All addresses of a machine, without a name under which others find it.
    #[error("nobody can be told to come to {0}; name this machine with --host")]
    Nameless(std::net::IpAddr),
    /// A process of the cluster that cannot run.
    #[error("it cannot run: {0}; check the address, the folder and that the scheduler is up")]
    Process(String),
}
