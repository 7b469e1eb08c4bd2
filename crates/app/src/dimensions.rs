//! What the purchases of a shop are grouped by beside what an order says itself: tier, partner, group and
//! campaign. Facts that are exported and deeds that are summed say the same.

use regulars_base::Name;
use regulars_engine::Program;
use regulars_engine::event::Kind;
use regulars_engine::outcome::Change;
use regulars_engine::state::GroupChange;
use regulars_store::Logged;

/// What is known of the wallet whose log is gone over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dimensions {
    tier: Option<Name>,
    /// What the group is called whose wallet it is; empty for a member's own.
    group: String,
}

impl Dimensions {
    /// Goes on by a row of the log.
    pub(crate) fn tell(&mut self, row: &Logged) {
        for change in &row.outcome.changes {
            match change {
                Change::TierSet(tier) => self.tier = tier.name,
                Change::Group(change) => {
                    if let GroupChange::Set { title, .. } = &**change {
                        self.group = title.to_string();
                    }
                }
                _ => {}
            }
        }
    }

    /// The tier's id; empty where the program has none.
    pub(crate) fn tier<'p>(&self, program: &'p Program) -> &'p str {
        let tier = program.tiers.get(program.tier_at(self.tier));
        tier.map_or("", |tier| &tier.id)
    }

    /// What the group is called.
    pub(crate) fn group(&self) -> &str {
        &self.group
    }

    /// The partner at whom it happened; empty for the operator.
    pub(crate) fn partner<'p>(program: &'p Program, row: &Logged) -> &'p str {
        let place = program.partner_of(&row.event);
        let partner = place.and_then(|place| program.partners.get(usize::from(place)));
        partner.map_or("", |partner| &partner.id)
    }

    /// The coupons that were used for it.
    pub(crate) fn campaign(program: &Program, row: &Logged) -> String {
        let used = row
            .outcome
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::CouponUsed(used) => Some(used.coupon),
                _ => None,
            });
        let mut ids: Vec<&str> = used
            .filter_map(|name| program.coupon_named(name))
            .map(|coupon| coupon.id.as_str())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        ids.join("+")
    }

    /// The value of a field of orders for a row; nothing where the row does not say.
    pub(crate) fn value(&self, program: &Program, row: &Logged, field: &str) -> Option<String> {
        Some(match (field, &row.event.kind) {
            ("tier", _) => self.tier(program).to_owned(),
            ("group", _) => self.group.clone(),
            ("partner", _) => Self::partner(program, row).to_owned(),
            ("campaign", _) => Self::campaign(program, row),
            ("store", Kind::Purchase(it)) => it.store.to_string(),
            ("store", Kind::Activity(it)) => it.store.to_string(),
            ("channel", Kind::Purchase(it)) => it.channel.to_string(),
            ("staff", Kind::Purchase(it)) => it.staff.to_string(),
            _ => return None,
        })
    }
}
