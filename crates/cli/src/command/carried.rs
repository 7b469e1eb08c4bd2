//! A merchant who was carried from one database to another, as `export --whole` and `restore` show them.

use crate::print::{Print, Table, count};
use regulars_app::Carried;
use serde_json::{Value, json};

/// Rows of each table, and what each account of the ledger comes to.
pub(super) fn tables(carried: &Carried, print: &Print) {
    let mut rows = Table::new(&["TABLE", ">ROWS"]);
    for (table, number) in &carried.rows {
        rows.row(vec![table.clone(), count(*number)]);
    }
    print.table(&rows);
    let mut balances = Table::new(&["POINTS", "ACCOUNT", ">SMALLEST UNITS"]);
    for own in &carried.balances {
        balances.row(vec![
            own.points.clone(),
            own.account.clone(),
            own.amount.to_string(),
        ]);
    }
    print.table(&balances);
}

/// The same, for programs.
pub(super) fn shown(carried: &Carried) -> Value {
    json!({
        "tenant": carried.tenant.name,
        "id": carried.tenant.id.to_string(),
        "rows": carried.rows,
        "balances": carried.balances,
        "head": carried.head.map(|(no, hash)| json!({ "no": no, "hash": super::seal::hex(&hash) })),
    })
}
