//! One way of changing a member per file.

pub(crate) mod activity;
pub(crate) mod adjust;
pub(crate) mod card;
pub(crate) mod catch_up;
pub(crate) mod changeover;
pub(crate) mod earn;
pub(crate) mod enrol;
pub(crate) mod exact;
pub(crate) mod grant;
pub(crate) mod merge;
pub(crate) mod multiply;
pub(crate) mod reckon;
pub(crate) mod redeem;
pub(crate) mod reverse;
pub(crate) mod tier;
