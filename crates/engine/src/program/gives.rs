//! What a card or a tier gives.

/// What a card or a tier gives: as a voucher, or as points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gives {
    /// A reward, by its place.
    Reward(u16),
    /// Points, by their places: so many of each kind.
    Points(Vec<(u16, i64)>),
}
