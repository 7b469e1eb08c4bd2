//! One way of changing a member per file.

pub(crate) mod activity;
pub(crate) mod adjust;
pub(crate) mod card;
pub(crate) mod catch_up;
pub(crate) mod consent;
pub(crate) mod coupon;
pub(crate) mod earn;
pub(crate) mod enrol;
pub(crate) mod exact;
pub(crate) mod games;
pub(crate) mod gives;
pub(crate) mod grant;
pub(crate) mod membership;
pub(crate) mod merge;
pub(crate) mod moderate;
pub(crate) mod multiply;
pub(crate) mod pace;
pub(crate) mod partner;
pub(crate) mod profile;
pub(crate) mod reckon;
pub(crate) mod redeem;
pub(crate) mod referral;
pub(crate) mod reverse;
pub(crate) mod tier;
pub(crate) mod transfer;
pub(crate) mod yearly;
