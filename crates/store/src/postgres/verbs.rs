//! The verbs of the trait.

crate::verbs::verbs!(super::Postgres);
