//! The catalogue of both databases: every key starts with the tenant, so that the tables can be
//! spread over many machines, and none is a sequence.

use regulars_testkit::TestDb;

/// Indexes that do not start with the tenant, and why they may.
const EXCEPTIONS: [&str; 5] = [
    // The tenant's own rows, and what is read before a tenant is known.
    "tenants",
    "schema_versions",
    "vault",
    // A key is found by its secret's hash before anybody knows whose it is.
    "api_keys:hash",
    // So is a session.
    "sessions:hash",
];

fn excepted(table: &str, first: &str) -> bool {
    let named = format!("{table}:{first}");
    EXCEPTIONS
        .iter()
        .any(|known| *known == table || *known == named)
}

#[test]
fn every_key_starts_with_the_tenant_in_sqlite() {
    let db = TestDb::sqlite();
    let regulars_store::Database::Sqlite(path) = &db.database else {
        unreachable!("it is SQLite")
    };
    let sqlite = rusqlite::Connection::open(path).unwrap();
    let sql = "SELECT t.name, i.name, c.name FROM sqlite_schema t, pragma_index_list(t.name) i,
                      pragma_index_info(i.name) c
               WHERE t.type = 'table' AND c.seqno = 0";
    let mut select = sqlite.prepare(sql).unwrap();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let rows = select.query_map([], read).unwrap();
    let indexes: Vec<(String, String, String)> = rows.map(Result::unwrap).collect();
    check(&indexes);
    // A row number of SQLite's own is no key of ours.
    let counted: i64 = sqlite
        .query_row(
            "SELECT count(*) FROM sqlite_schema WHERE sql LIKE '%AUTOINCREMENT%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(counted, 0);
}

#[test]
fn every_key_starts_with_the_tenant_in_postgresql() {
    let db = TestDb::postgres();
    let regulars_store::Database::Postgres(address) = &db.database else {
        unreachable!("it is PostgreSQL")
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (indexes, sequences) = runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        let sql = "SELECT t.relname, i.relname, a.attname FROM pg_index x
                   JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
                   JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
                   JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]";
        let rows = client.query(sql, &[]).await.unwrap();
        let read = |row: &tokio_postgres::Row| (row.get(0), row.get(1), row.get(2));
        let indexes: Vec<(String, String, String)> = rows.iter().map(read).collect();
        let sql = "SELECT count(*) FROM pg_class WHERE relkind = 'S'";
        let sequences: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
        (indexes, sequences)
    });
    check(&indexes);
    assert_eq!(sequences, 0);
}

fn check(indexes: &[(String, String, String)]) {
    assert!(
        indexes.len() >= 14,
        "the catalogue was not read: {indexes:?}"
    );
    for (table, index, first) in indexes {
        let right = first == "tenant" || excepted(table, first);
        assert!(right, "{index} on {table} starts with {first}");
    }
}

#[test]
fn both_databases_have_the_same_steps() {
    let names = |folder: &str| {
        let folder = std::path::Path::new("migrations").join(folder);
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}
