//! What decisions hold to, whatever happens: refusals by precedence, and properties over random
//! histories.

mod coupons;
mod games;
mod money;
mod properties;
mod quotes;
mod refusals;
mod reward_refusals;
mod world;
