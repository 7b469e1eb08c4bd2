//! Files of orders and members, read and written in columns.
//!
//! [`open`] takes a CSV, NDJSON or Parquet file, finds out how it is written (or is told), and
//! yields [`Chunk`]s: columns of exact integers and dictionary codes, and beside them the rows that
//! could not be read, each with its line and the reason. [`Orders`] groups the lines of an order.
//! [`TableWriter`] writes Parquet. Nothing here knows events or programs: what a row means is
//! decided by whoever reads it.
//!
//! ```no_run
//! use regulars_base::{Currency, Zone};
//! use regulars_lake::{Field, Grouping, Options, Orders, open};
//!
//! let options = Options::orders(Currency::new("USD")?, Zone::UTC);
//! let mut orders = Orders::new(open("orders.csv".as_ref(), &options)?, Grouping::Adjacent);
//! while let Some(part) = orders.next()? {
//!     for lines in &part.orders {
//!         let customer = orders.reader().text(&part.batch, Field::Customer, lines.start);
//!         let amount: i64 = lines.clone().filter_map(|row| part.batch.number(Field::Amount, row)).sum();
//!         println!("{customer:?} paid {amount}");
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod delimited;
mod detect;
mod dictionary;
mod digest;
mod encoding;
mod error;
pub mod facts;
mod field;
mod format;
mod json;
mod lines;
mod mapping;
mod moment;
mod number;
mod orders;
mod parquet_columns;
mod parquet_file;
mod reader;
mod row;
mod table;

pub use batch::{Batch, Chunk, Reject};
pub use digest::{Digest, digest};
pub use encoding::Encoding;
pub use error::Error;
pub use field::Field;
pub use format::{Delimited, Delimiter, Found, Kind, Options, Table};
pub use lines::{MAX_ROW_BYTES, MAX_ROW_LINES};
pub use mapping::Mapping;
pub use moment::DateForm;
pub use number::NumberForm;
pub use orders::{Grouping, MAX_ORDER_LINES, OrderBatch, Orders};
pub use reader::{Reader, open};
pub use table::{Column, ColumnKind, TableWriter, Values, write_table};
