//! Decimal numbers on the wire: money, points and quantities.

use regulars_base::Currency;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// A decimal number: written as a text, read as a text or a number. Never floating point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount(pub String);

impl Default for Amount {
    fn default() -> Self {
        Self("0".into())
    }
}

impl Amount {
    /// Minor units of `currency`.
    pub fn money(minor: i64, currency: Currency) -> Self {
        Self(crate::json::unscaled(minor, currency.exponent()))
    }

    /// So many units of `10^-decimals`, without trailing zeros: points and quantities.
    pub fn number(units: i64, decimals: u8) -> Self {
        Self(regulars_engine::program::words::number(decimals, units))
    }
}

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .pattern(Some(r"^-?[0-9]+(\.[0-9]+)?$"));
        let number = ObjectBuilder::new().schema_type(SchemaType::new(Type::Number));
        OneOfBuilder::new()
            .item(text)
            .item(number)
            .description(Some(
                "A decimal number, exact: `\"12.40\"` or `12.40`. Answers always write a text.",
            ))
            .examples([serde_json::json!("12.40")])
            .into()
    }
}

impl ToSchema for Amount {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Amount")
    }
}
