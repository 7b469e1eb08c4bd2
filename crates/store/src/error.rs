//! What can go wrong outside, named by what the caller can do about it.

/// A result of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store could not do it. Nothing was written, or all of it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Somebody else was in the way, again and again. Try once more.
    #[error("the database is busy ({0}); try again")]
    Retry(String),
    /// The database cannot be reached, or broke off.
    #[error(
        "the database cannot be reached: {0}; check that it runs and that its address is right"
    )]
    Unavailable(String),
    /// There is no space left.
    #[error("the disk of the database is full; free some space, nothing was lost ({0})")]
    Full(String),
    /// The disk did not do it: damaged, gone, or a limit of this user is reached.
    #[error(
        "`{path}` cannot be read or written ({why}), nothing was lost; check the disk, its space, and the limits of this user"
    )]
    Disk {
        /// Which file.
        path: String,
        /// What the system says.
        why: String,
    },
    /// The database, or the folder that it lies in, cannot be written to.
    #[error(
        "`{path}` cannot be written to ({why}); give this user the right to write to the file and its folder"
    )]
    ReadOnly {
        /// Which file.
        path: String,
        /// What the system says.
        why: String,
    },
    /// A later version of this program has been here.
    #[error(
        "the database is of version {found}, this program knows versions up to {known}: \
         use the newer program, or restore a backup made with this one"
    )]
    NewerDatabase {
        /// The database's version.
        found: i64,
        /// The latest that this program knows.
        known: i64,
    },
    /// The database has not been prepared for this version.
    #[error(
        "the database is of version {found}, this program needs {known}: run `regulars migrate`"
    )]
    OlderDatabase {
        /// The database's version.
        found: i64,
        /// What this program needs.
        known: i64,
    },
    /// Personal fields are closed, and the key is not there.
    #[error("{0}")]
    Vault(String),
    /// Something else stands where this should go.
    #[error("{0}")]
    Conflict(Conflict),
    /// There is no such thing.
    #[error("there is no such {0}")]
    Missing(&'static str),
    /// What is stored is not what was written.
    #[error("the database is damaged: {0}; run `regulars verify`, and restore a backup")]
    Corrupt(String),
    /// This database does not do that.
    #[error("{0}")]
    Unsupported(String),
    /// Whoever was called with each row did not want any more.
    #[error("it was stopped before its end")]
    Stopped,
    /// The statement failed in a way that should not occur.
    #[error("the database refused: {0}")]
    Refused(String),
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The identity is somebody else's.
    #[error("the identity {kind} `{value}` belongs to another member")]
    Identity {
        /// What sort of identity.
        kind: String,
        /// Its value.
        value: String,
    },
    /// The id is taken.
    #[error("the member {0} exists already")]
    Member(regulars_base::MemberId),
    /// The tenant's id or name is taken.
    #[error("a tenant of this id or name exists already: `{0}`")]
    Tenant(String),
    /// The key's id is taken.
    #[error("an API key of this id exists already: `{0}`")]
    ApiKey(String),
    /// Somebody applied another version meanwhile.
    #[error("version {found} of the program was applied meanwhile; look at it, then try again")]
    Program {
        /// The newest number.
        found: i64,
    },
    /// The file is there.
    #[error("`{0}` exists already and is not overwritten; choose another name, or remove it first")]
    File(String),
}
