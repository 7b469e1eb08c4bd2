//! What a refund does.

use regulars_base::Rounding;
use regulars_ledger::AlreadySpent;

/// What a refund does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundPolicy {
    /// What is taken back of what was earned.
    pub take_back: TakeBack,
    /// How a share of it is rounded. What came back as a whole is always taken back to the unit.
    pub rounding: Rounding,
    /// What if it was spent already.
    pub already_spent: AlreadySpent,
    /// What if it has lapsed meanwhile.
    pub lapsed: Lapsed,
    /// What becomes of points that were spent on the order.
    pub spent_points: SpentPoints,
    /// What becomes of a tier that was reached with what comes back.
    pub tiers: TierUndo,
}

/// What becomes of a tier that was reached with what comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TierUndo {
    /// The rise is undone, and its gifts with it.
    #[default]
    Undo,
    /// The tier is kept as long as it would have been.
    Keep,
}

/// What is taken back of what was earned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TakeBack {
    /// The share of the lines that came back.
    #[default]
    Share,
    /// Everything, once all came back; nothing before.
    OnlyWhenWhole,
    /// What the rules would not have given for the rest of the order.
    ReckonAgain,
    /// Nothing.
    Nothing,
}

/// What is taken back of points that have lapsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lapsed {
    /// Nothing: they are gone already.
    #[default]
    Forgive,
    /// The same, from what there is.
    TakeBack,
}

/// What becomes of points that were spent on an order that comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpentPoints {
    /// They come back with their old dates, in the share of the order that came back.
    #[default]
    GiveBackOldDates,
    /// They come back as if they were earned on the day of the refund.
    GiveBackNewDates,
    /// They come back with their old dates, once all of the order came back; not before.
    GiveBackWhenWhole,
    /// They stay spent.
    Keep,
}
