//! Products and stores, on the wire.

use crate::amount::Amount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProductOut {
    /// Its id: the article number (`sku`) of order lines.
    #[schema(example = "sku-17")]
    pub id: String,
    /// What people call it.
    #[schema(example = "Green tea")]
    pub name: String,
    /// To which category it belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Tea")]
    pub category: Option<String>,
    /// What a piece costs, in the program's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Amount>,
    /// Its brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Its size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "250 g")]
    pub size: Option<String>,
    /// What else is said of it.
    pub attributes: BTreeMap<String, String>,
    /// When that was said.
    pub changed_at: String,
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoreOut {
    /// Its id: the `store` of orders.
    #[schema(example = "3")]
    pub id: String,
    /// What people call it.
    #[schema(example = "Main street")]
    pub name: String,
    /// What else is said of it.
    pub attributes: BTreeMap<String, String>,
    /// When that was said.
    pub changed_at: String,
}

/// What became of a file of products or stores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MasterTakenOut {
    /// How many were taken.
    pub taken: u64,
    /// How many lines were left out.
    pub rejected: u64,
    /// Those, by their line, and why: the first thousand.
    pub rejects: Vec<MasterRejectOut>,
}

/// A line that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MasterRejectOut {
    /// The line, from 1.
    pub line: u64,
    /// Why.
    #[schema(example = "`id` or `name` is missing")]
    pub reason: String,
}
