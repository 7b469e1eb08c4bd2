//! What becomes of members when this version of the program takes over from another.

/// What becomes of members when this version takes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeoverPolicy {
    /// Where members of a tier land that this version does not have.
    pub removed_tiers: RemovedTiers,
    /// What becomes of points that are there, where this version lets points live for another time.
    pub old_points: OldPoints,
}

/// Where members of a tier land that is no more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RemovedTiers {
    /// In the next lower one that is left; higher if they reach more.
    #[default]
    OneDown,
    /// In the one that they reach.
    ToEarned,
}

/// What becomes of the dates of points that are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OldPoints {
    /// They lapse when they would have.
    #[default]
    Keep,
    /// They lapse as if this version had been in force when they were earned.
    ByAge,
    /// They lapse as if they were earned at the changeover.
    Anew,
}
