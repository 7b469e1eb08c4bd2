//! A folder of its own for each test, and the executable called in it.

use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A program that is easily followed: a bean for each euro, two tiers, a reward. What it gives stays
/// for so long that no test depends on the day on which it is run.
pub(crate) const CAFE: &str = r#"
[program]
name     = "Corner Café"
currency = "EUR"
timezone = "Europe/Berlin"

[points.beans]
name    = { one = "bean", other = "beans" }
worth   = "0.05 EUR"
expires = "600 months"

[[earn]]
id   = "spend"
give = { beans = "1 per 1 EUR" }

[[earn]]
id   = "more-coffee"
when = 'line.category == "coffee"'
give = { beans = 20 }

[[tier]]
id = "friend"

[[tier]]
id    = "regular"
reach = { spend = "100 EUR", within = "ever" }

[[reward]]
id    = "free-coffee"
title = "A coffee on the house"
kind  = "free product"
price = { beans = 450 }
"#;

/// A few orders of two customers.
pub(crate) const ORDERS: &str = "\
customer,order,date,amount,category
ana,A-1,2026-03-01,12.40,coffee
ben,A-2,2026-03-02,120.00,beans
ana,A-3,2026-03-08,30.00,beans
ana,A-4,2026-04-15,58.00,beans
";

/// A folder, and what is called in it.
pub(crate) struct Shop {
    folder: TempDir,
    database: Option<String>,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Shop {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("the temporary folder takes a folder"),
            database: None,
        }
    }

    /// With another database than the usual file in the folder.
    pub(crate) fn on(database: &str) -> Self {
        Self {
            database: Some(database.to_owned()),
            ..Self::new()
        }
    }

    /// With the café's program in force and its orders imported.
    pub(crate) fn cafe() -> Self {
        let shop = Self::new();
        shop.write("cafe.toml", CAFE);
        shop.write("orders.csv", ORDERS);
        shop.ok(["import", "orders.csv", "--program", "cafe.toml"]);
        shop
    }

    /// A file of the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the database lies if nobody says.
    pub(crate) fn database(&self) -> PathBuf {
        self.path("regulars-data/regulars.db")
    }

    /// The address of its database, if that is another.
    pub(crate) fn address(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).expect("the folder takes a file");
        path
    }

    /// A file's text.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A call in the folder, undisturbed by the surrounding.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_regulars")), args)
    }

    /// The same with another program.
    pub(crate) fn command_of<S: AsRef<OsStr>>(
        &self,
        program: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder.path());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("REGULARS_") {
                command.env_remove(name);
            }
        }
        command.env_remove("NO_COLOR").env("USER", "tester");
        if let Some(database) = &self.database {
            command.env("REGULARS_DATABASE", database);
        }
        command
    }

    /// Calls and waits.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Done {
        wait(&mut self.command(args))
    }

    /// Calls with this on standard input.
    pub(crate) fn run_with<'a>(
        &self,
        args: impl IntoIterator<Item = &'a str>,
        input: &str,
    ) -> Done {
        let mut command = self.command(args);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the executable starts");
        let mut stdin = child.stdin.take().expect("standard input is piped");
        stdin.write_all(input.as_bytes()).expect("it is read");
        drop(stdin);
        done(child.wait_with_output().expect("it ends"))
    }

    /// What a call answers that must come to yes.
    pub(crate) fn ok<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> String {
        let args: Vec<&str> = args.into_iter().collect();
        let done = self.run(&args);
        assert_eq!(done.code, Some(0), "{args:?}: {done:#?}");
        done.out
    }

    /// The same, as JSON.
    pub(crate) fn json<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Value {
        let args: Vec<&str> = args.into_iter().chain(["--json"]).collect();
        let out = self.ok(args.iter().copied());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}"))
    }

    /// What a call says on standard error that must not come to yes.
    pub(crate) fn fails<'a>(&self, code: i32, args: impl IntoIterator<Item = &'a str>) -> String {
        let args: Vec<&str> = args.into_iter().collect();
        let done = self.run(&args);
        assert_eq!(done.code, Some(code), "{args:?}: {done:#?}");
        done.err
    }

    /// As [`Shop::fails`] with 2: says in one line what is wrong, in another what to do.
    pub(crate) fn refuses<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> (String, String) {
        two_lines(&self.fails(2, args))
    }
}

/// The line that says what is wrong, and the line that says what to do.
pub(crate) fn two_lines(err: &str) -> (String, String) {
    let line = |start: &str| {
        let found = err
            .lines()
            .find_map(|line| line.trim_start().strip_prefix(start));
        found
            .unwrap_or_else(|| panic!("no line `{start}` in: {err}"))
            .to_owned()
    };
    (line("error: "), line("help: "))
}

/// Waits for the end of a call.
pub(crate) fn wait(command: &mut Command) -> Done {
    command.stdin(Stdio::null());
    done(command.output().expect("the executable starts"))
}

fn done(output: std::process::Output) -> Done {
    Done {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Where a file of the checkout is, for commands that run in a shop's folder. Cargo starts tests in
/// the folder of their crate.
pub(crate) fn checkout(path: &str) -> String {
    let full = Path::new("../..").join(path);
    let full = full.canonicalize().expect("the file is in the checkout");
    full.to_string_lossy().into_owned()
}
