//! Six kinds of loyalty: why a customer comes back, as far as their behaviour and their answers tell.
//!
//! Each kind has a score from 0 to 1, made of a few named features: no black box. A feature that nobody
//! recorded is absent, not zero; a kind that cannot be scored without it is "not measurable". The
//! answer is the kind whose score is highest, if it is high enough and clearly ahead of the next;
//! else it is "undecided", with the two nearest.
//!
//! Scores move evenly with the features, so a small change of the input moves a customer from a kind to
//! "undecided" and back at most, never from one kind to another.

/// Why a customer comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Buys steadily, does not complain, does not recommend: a better offer would win them.
    Satisfied,
    /// Buys when it is cheap.
    Price,
    /// Buys when there is something to collect or to redeem.
    Program,
    /// Buys where, when and how it is near.
    Convenience,
    /// Takes what is free, and rarely buys.
    Freebie,
    /// Buys again and again, recommends, refers: the only kind that lasts.
    Advocate,
}

/// All kinds, in the order in which they are listed.
pub const KINDS: [Kind; 6] = [
    Kind::Satisfied,
    Kind::Price,
    Kind::Program,
    Kind::Convenience,
    Kind::Freebie,
    Kind::Advocate,
];

impl Kind {
    /// Its name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::Price => "price",
            Self::Program => "program",
            Self::Convenience => "convenience",
            Self::Freebie => "freebie",
            Self::Advocate => "advocate",
        }
    }
}

/// What a score is made of. Shares are 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Purchases (days with one).
    Purchases,
    /// How evenly they lie: the standard deviation of the gaps by their mean; 0 is like a clock, 1 is
    /// chance.
    GapVariation,
    /// Complaints and returns, for each purchase.
    ComplaintShare,
    /// The share of purchases made with a discount.
    DiscountShare,
    /// How much rarer purchases became after prices rose, 0 to 1.
    PriceRiseDrop,
    /// The share of purchases within a few days of a bonus offer or a redemption.
    ProgramShare,
    /// The share of days on which there was such an offer: what chance alone would give.
    ProgramDays,
    /// The share of purchases in the store that the customer uses most.
    StoreShare,
    /// The share of purchases in the channel that the customer uses most.
    ChannelShare,
    /// The share of purchases in the part of the week that the customer uses most.
    SlotShare,
    /// Visits, gifts and other free extras, for each purchase.
    ExtrasPerPurchase,
    /// The answer to "would you recommend us", 0 to 10.
    Recommend,
    /// Friends who bought on the customer's word.
    Referrals,
    /// Trust and attachment as answered in surveys, 0 to 100.
    Attachment,
}

/// All features.
pub const FEATURES: [Feature; 14] = [
    Feature::Purchases,
    Feature::GapVariation,
    Feature::ComplaintShare,
    Feature::DiscountShare,
    Feature::PriceRiseDrop,
    Feature::ProgramShare,
    Feature::ProgramDays,
    Feature::StoreShare,
    Feature::ChannelShare,
    Feature::SlotShare,
    Feature::ExtrasPerPurchase,
    Feature::Recommend,
    Feature::Referrals,
    Feature::Attachment,
];

impl Feature {
    /// Its name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Purchases => "purchases",
            Self::GapVariation => "gap_variation",
            Self::ComplaintShare => "complaint_share",
            Self::DiscountShare => "discount_share",
            Self::PriceRiseDrop => "price_rise_drop",
            Self::ProgramShare => "program_share",
            Self::ProgramDays => "program_days",
            Self::StoreShare => "store_share",
            Self::ChannelShare => "channel_share",
            Self::SlotShare => "slot_share",
            Self::ExtrasPerPurchase => "extras_per_purchase",
            Self::Recommend => "recommend",
            Self::Referrals => "referrals",
            Self::Attachment => "attachment",
        }
    }
}

/// What is known of a customer. What was not recorded is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    values: [Option<f64>; FEATURES.len()],
}

impl Known {
    /// The same with a feature. What is no number counts as absent.
    #[must_use]
    pub fn with(mut self, feature: Feature, value: f64) -> Self {
        self.values[feature as usize] = value.is_finite().then_some(value);
        self
    }

    /// A feature.
    #[must_use]
    pub fn get(&self, feature: Feature) -> Option<f64> {
        self.values[feature as usize]
    }
}

/// One part of a score: how far a feature speaks for the kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The feature.
    pub feature: Feature,
    /// Its value.
    pub value: f64,
    /// How far it speaks for the kind, 0 to 1.
    pub speaks: f64,
    /// Its weight among the parts of this score.
    pub weight: f64,
}

/// The score of a kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The kind.
    pub kind: Kind,
    /// The mean of what the evidence says, by weight, 0 to 1; `None` where it is not measurable.
    pub score: Option<f64>,
    /// What it is made of. Where it is not measurable: what of it there is.
    pub evidence: Vec<Evidence>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// One kind is high enough and clearly ahead.
    Decided(Kind),
    /// A rule of the merchant says so.
    Ruled {
        /// The kind.
        kind: Kind,
        /// The name of the rule.
        rule: String,
    },
    /// None is. The two nearest, if two are measurable, the nearer first.
    Undecided(Vec<Kind>),
}

/// A customer's kind with the evidence for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Classified {
    /// The answer.
    pub verdict: Verdict,
    /// The score of each kind, in the order of [`KINDS`].
    pub scores: Vec<Score>,
}

/// A rule of the merchant, which goes before the scores.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The kind of those whom it concerns.
    pub kind: Kind,
    /// It concerns those of whom all of these hold. A feature that is absent holds nothing.
    pub all: Vec<Bound>,
}

/// A condition on a feature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// The feature.
    pub feature: Feature,
    /// The least that it may be.
    pub from: f64,
    /// The most that it may be.
    pub to: f64,
}

/// A score below this is no reason to say anything.
pub const SCORE_LEAST: f64 = 0.5;

/// By how much a kind must be ahead of the next.
pub const AHEAD_LEAST: f64 = 0.1;

/// With fewer purchases than this, behaviour says nothing yet.
pub const PURCHASES_LEAST: f64 = 3.0;

/// How a feature speaks for a kind: not at all at `none`, fully at `full`, evenly between.
#[derive(Clone, Copy)]
struct Part {
    feature: Feature,
    none: f64,
    full: f64,
    weight: f64,
    /// Whether the kind cannot be scored without it.
    needed: bool,
}

const fn needs(feature: Feature, none: f64, full: f64, weight: f64) -> Part {
    Part {
        feature,
        none,
        full,
        weight,
        needed: true,
    }
}

const fn may(feature: Feature, none: f64, full: f64, weight: f64) -> Part {
    Part {
        needed: false,
        ..needs(feature, none, full, weight)
    }
}

/// The table of the scores.
const fn parts(kind: Kind) -> &'static [Part] {
    use Feature::{
        Attachment, ChannelShare, ComplaintShare, DiscountShare, ExtrasPerPurchase, GapVariation,
        PriceRiseDrop, Purchases, Recommend, Referrals, SlotShare, StoreShare,
    };
    match kind {
        Kind::Satisfied => {
            const PARTS: &[Part] = &[
                needs(GapVariation, 1.2, 0.4, 3.0),
                needs(Purchases, 2.0, 8.0, 1.0),
                may(ComplaintShare, 0.3, 0.0, 1.0),
                may(DiscountShare, 0.7, 0.2, 1.0),
                may(Recommend, 9.5, 7.0, 1.0),
                may(Referrals, 2.0, 0.0, 1.0),
            ];
            PARTS
        }
        Kind::Price => {
            const PARTS: &[Part] = &[
                needs(DiscountShare, 0.3, 0.9, 3.0),
                may(PriceRiseDrop, 0.1, 0.7, 2.0),
            ];
            PARTS
        }
        // Measured against chance; see `part_value`.
        Kind::Program => {
            const PARTS: &[Part] = &[
                needs(Feature::ProgramShare, 0.1, 0.6, 3.0),
                may(GapVariation, 0.5, 1.5, 1.0),
            ];
            PARTS
        }
        Kind::Convenience => {
            const PARTS: &[Part] = &[
                needs(StoreShare, 0.5, 1.0, 2.0),
                may(ChannelShare, 0.5, 1.0, 1.0),
                needs(SlotShare, 0.4, 0.9, 2.0),
                may(PriceRiseDrop, 0.5, 0.0, 1.0),
                may(DiscountShare, 0.6, 0.1, 1.0),
                may(Recommend, 9.5, 7.0, 1.0),
            ];
            PARTS
        }
        Kind::Freebie => {
            const PARTS: &[Part] = &[
                needs(ExtrasPerPurchase, 1.0, 4.0, 3.0),
                may(Purchases, 12.0, 2.0, 1.0),
            ];
            PARTS
        }
        Kind::Advocate => {
            const PARTS: &[Part] = &[
                needs(Purchases, 2.0, 8.0, 1.0),
                needs(Recommend, 6.0, 9.0, 3.0),
                may(Referrals, 0.0, 2.0, 2.0),
                may(Attachment, 50.0, 85.0, 2.0),
                may(DiscountShare, 0.8, 0.3, 1.0),
            ];
            PARTS
        }
    }
}

/// The value that a part looks at. Purchases near offers count only as far as they are more than chance.
fn part_value(known: &Known, feature: Feature) -> Option<f64> {
    let value = known.get(feature)?;
    if feature == Feature::ProgramShare {
        let chance = known.get(Feature::ProgramDays)?.clamp(0.0, 0.95);
        return Some((value - chance) / (1.0 - chance));
    }
    Some(value)
}

fn score(known: &Known, kind: Kind) -> Score {
    let mut evidence = Vec::new();
    let mut measurable = true;
    for part in parts(kind) {
        match part_value(known, part.feature) {
            Some(value) => evidence.push(Evidence {
                feature: part.feature,
                value,
                speaks: ((value - part.none) / (part.full - part.none)).clamp(0.0, 1.0),
                weight: part.weight,
            }),
            None => measurable &= !part.needed,
        }
    }
    let weight: f64 = evidence.iter().map(|part| part.weight).sum();
    let spoken: f64 = evidence.iter().map(|part| part.weight * part.speaks).sum();
    Score {
        kind,
        score: (measurable && weight > 0.0).then(|| spoken / weight),
        evidence,
    }
}

/// The kind of a customer. The first rule that concerns them decides; else the scores do.
#[must_use]
pub fn classify(known: &Known, rules: &[Rule]) -> Classified {
    let scores: Vec<Score> = KINDS.iter().map(|&kind| score(known, kind)).collect();
    let concerns = |rule: &&Rule| {
        rule.all.iter().all(|bound| {
            known
                .get(bound.feature)
                .is_some_and(|value| (bound.from..=bound.to).contains(&value))
        })
    };
    if let Some(rule) = rules.iter().find(concerns) {
        let verdict = Verdict::Ruled {
            kind: rule.kind,
            rule: rule.name.clone(),
        };
        return Classified { verdict, scores };
    }
    let mut ranked: Vec<(f64, Kind)> = scores
        .iter()
        .filter_map(|score| Some((score.score?, score.kind)))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let enough = known
        .get(Feature::Purchases)
        .is_none_or(|purchases| purchases >= PURCHASES_LEAST);
    let verdict = match ranked.as_slice() {
        // With one kind measurable there is nothing for it to be ahead of.
        [(best, kind), (next, _), ..]
            if enough && *best >= SCORE_LEAST && best - next >= AHEAD_LEAST =>
        {
            Verdict::Decided(*kind)
        }
        nearest => Verdict::Undecided(nearest.iter().take(2).map(|(_, kind)| *kind).collect()),
    };
    Classified { verdict, scores }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Bound, FEATURES, Feature, KINDS, Kind, Known, Rule, Verdict, classify};

    /// Somebody with nothing special about them.
    fn plain() -> Known {
        let values = [
            10.0, 0.8, 0.02, 0.3, 0.2, 0.2, 0.2, 0.6, 0.6, 0.4, 0.1, 7.0, 0.0, 55.0,
        ];
        FEATURES
            .into_iter()
            .zip(values)
            .fold(Known::default(), |known, (feature, value)| {
                known.with(feature, value)
            })
    }

    #[test]
    fn each_kind_is_known_by_what_it_does() {
        use Feature::*;
        let someone = |changes: &[(Feature, f64)]| {
            let change =
                |known: Known, &(feature, value): &(Feature, f64)| known.with(feature, value);
            classify(&changes.iter().fold(plain(), change), &[]).verdict
        };
        for (kind, changes) in [
            (
                Kind::Satisfied,
                &[(GapVariation, 0.3), (DiscountShare, 0.1)][..],
            ),
            (Kind::Price, &[(DiscountShare, 0.95), (PriceRiseDrop, 0.8)]),
            (Kind::Program, &[(ProgramShare, 0.8), (GapVariation, 1.6)]),
            (
                Kind::Convenience,
                &[
                    (StoreShare, 1.0),
                    (ChannelShare, 1.0),
                    (SlotShare, 0.95),
                    (GapVariation, 1.0),
                    (PriceRiseDrop, 0.0),
                ],
            ),
            (Kind::Freebie, &[(ExtrasPerPurchase, 6.0), (Purchases, 3.0)]),
            (
                Kind::Advocate,
                &[(Recommend, 10.0), (Referrals, 3.0), (Attachment, 90.0)],
            ),
        ] {
            assert_eq!(someone(changes), Verdict::Decided(kind));
        }
    }

    #[test]
    fn what_was_not_recorded_makes_a_kind_not_measurable_and_not_zero() {
        let known = Known::default()
            .with(Feature::Purchases, 9.0)
            .with(Feature::GapVariation, f64::NAN)
            .with(Feature::DiscountShare, 0.95);
        let classified = classify(&known, &[]);
        for score in &classified.scores {
            assert_eq!(
                score.score.is_some(),
                score.kind == Kind::Price,
                "{score:?}"
            );
        }
        // The only one that is known is not ahead of anything.
        assert_eq!(classified.verdict, Verdict::Undecided(vec![Kind::Price]));
        let nothing = classify(&Known::default(), &[]).verdict;
        assert_eq!(nothing, Verdict::Undecided(vec![]));
    }

    #[test]
    fn too_few_purchases_decide_nothing() {
        let known = plain()
            .with(Feature::Purchases, 2.0)
            .with(Feature::DiscountShare, 1.0)
            .with(Feature::PriceRiseDrop, 1.0);
        match classify(&known, &[]).verdict {
            Verdict::Undecided(nearest) => {
                assert_eq!((nearest.len(), nearest[0]), (2, Kind::Price))
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_rule_goes_before_the_scores() {
        let rule = Rule {
            name: "cult".to_owned(),
            kind: Kind::Advocate,
            all: vec![Bound {
                feature: Feature::Referrals,
                from: 5.0,
                to: f64::INFINITY,
            }],
        };
        let rules = [rule];
        let known = plain().with(Feature::Referrals, 5.0);
        assert!(matches!(
            classify(&known, &rules).verdict,
            Verdict::Ruled {
                kind: Kind::Advocate,
                ..
            }
        ));
        assert!(!matches!(
            classify(&plain(), &rules).verdict,
            Verdict::Ruled { .. }
        ));
    }

    proptest! {
        /// A change of one part in a hundred of each feature's range never turns one kind into another.
        #[test]
        fn small_changes_never_turn_one_kind_into_another(
            values in prop::collection::vec(0.0..1.0_f64, FEATURES.len()),
            shifts in prop::collection::vec(-0.01..0.01_f64, FEATURES.len()),
            absent in prop::collection::vec(prop::bool::weighted(0.15), FEATURES.len()),
        ) {
            let range = |feature| match feature {
                Feature::Purchases => 20.0,
                Feature::Recommend => 10.0,
                Feature::Referrals => 4.0,
                Feature::Attachment => 100.0,
                Feature::ExtrasPerPurchase => 6.0,
                Feature::GapVariation => 2.0,
                // Chance is the same for all customers: it does not move with one of them.
                _ => 1.0,
            };
            let known = |moved: f64| {
                FEATURES.iter().enumerate().fold(Known::default(), |known, (place, &feature)| {
                    if absent[place] {
                        return known;
                    }
                    let moved = if feature == Feature::ProgramDays { 0.0 } else { moved };
                    let value = if feature == Feature::ProgramDays { 0.5 * values[place] } else { values[place] };
                    known.with(feature, (value + moved * shifts[place]) * range(feature))
                })
            };
            let (before, after) = (classify(&known(0.0), &[]), classify(&known(1.0), &[]));
            if let (Verdict::Decided(one), Verdict::Decided(other)) = (&before.verdict, &after.verdict) {
                prop_assert_eq!(one, other);
            }
            for (one, other) in before.scores.iter().zip(&after.scores) {
                prop_assert_eq!(one.score.is_some(), other.score.is_some());
                if let (Some(one), Some(other)) = (one.score, other.score) {
                    prop_assert!((0.0..=1.0).contains(&one));
                    prop_assert!((one - other).abs() < 0.05);
                }
            }
            prop_assert_eq!(before.scores.len(), KINDS.len());
        }
    }
}
