//! Parquet files: of orders, and of facts. A decoder that gives up on bytes that no writer would have written is
//! told as an error; it takes nobody with it.

use crate::rows::{files, written};
use regulars_base::{Currency, Zone};
use regulars_lake::{Kind, Options};

pub(crate) fn open(data: &[u8]) {
    let path = written(data, "parquet");
    let mut options = Options::orders(Currency::new("EUR").expect("is one"), Zone::UTC);
    options.kind = Some(Kind::Parquet);
    files(&path, &options);
}
