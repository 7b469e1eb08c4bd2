//! Master data: what a shop says of its products and stores; and what is recommended by them.

use regulars_base::{Timestamp, WalletId};

/// Of what a shop says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MasterSort {
    /// A product, by the article number of order lines.
    Product,
    /// A store, by the id of orders.
    Store,
}

/// What a shop says of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterRow {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// To which category it belongs; empty if to none.
    pub category: String,
    /// What a piece costs, in minor units.
    pub price: Option<i64>,
    /// What else is said: JSON.
    pub details: String,
    /// What a search looks into, in small letters.
    pub found_by: String,
    /// When it was said last.
    pub changed_at: Timestamp,
}

/// Which of them are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MasterAsk {
    /// Those of this category.
    pub category: Option<String>,
    /// Those in which this is found, in small letters.
    pub words: Option<String>,
    /// Those after this id.
    pub after: Option<String>,
}

/// A product was recommended to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecommendedRow {
    /// To whom.
    pub wallet: WalletId,
    /// On which day.
    pub day: i32,
    /// Where: `quote`, `portal` …
    pub place: String,
    /// Which product.
    pub product: String,
    /// It would have been: the member is held out.
    pub held_out: bool,
}

/// How often something was recommended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecommendedCount {
    /// Where.
    pub place: String,
    /// To those who are held out, or to the others.
    pub held_out: bool,
    /// To how many members.
    pub members: i64,
    /// How often a product.
    pub times: i64,
}

impl MasterSort {
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Product => 0,
            Self::Store => 1,
        }
    }
}

/// The columns of a row, in the order in which they are read and written after tenant and sort.
pub(crate) const MASTER: &str = "id, name, category, price, details, found_by, changed_at";
