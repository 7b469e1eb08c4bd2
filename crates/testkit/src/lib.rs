//! For tests only: databases of their own, ids that are the same in each run, and builders.

mod build;
mod database;
mod hooks;
mod pages;
mod payments;
mod plans;
mod through;

pub use build::{Story, at, member, purchase, tenant, text};
pub use database::{Place, TestDb, Wrap};
pub use hooks::{Hook, HookStandIn, Reply};
pub use pages::{PageAsked, PageSaid, PageStandIn};
pub use payments::{Asked, PayStandIn, Play};
pub use through::{Batch, through};

/// Makes one test per database of each function named: it takes a [`TestDb`] with all tables and
/// no tenant.
///
/// ```ignore
/// regulars_testkit::on_both! { a_key_counts_once, seals_follow_each_other }
/// fn a_key_counts_once(db: TestDb) { ... }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name($crate::TestDb::sqlite()); })+
        }
        mod postgres {
            $(#[test] fn $name() { super::$name($crate::TestDb::postgres()); })+
        }
    };
}
