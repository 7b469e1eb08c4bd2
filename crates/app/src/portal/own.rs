//! What a member sees of their own, in one answer.

use crate::membership::as_sent;
use crate::portal::own_key;
use crate::{App, Balances, Error, Member, MemberRef, RedemptionView, ReferralCode};
use regulars_base::{MemberId, Name, TenantId, Text, Timestamp};
use regulars_engine::event::{Kind, RewardRequest};
use regulars_engine::outcome::{Refusal, Verdict};
use regulars_engine::program::{Reward, RewardKind};

/// What a member sees of their own.
#[derive(Clone, Debug)]
pub struct Own {
    /// Who they are.
    pub member: Member,
    /// What they have.
    pub balances: Balances,
    /// Rewards, as they stand for them.
    pub rewards: Vec<Reachable>,
    /// What they set aside, and used not long ago.
    pub redemptions: Vec<RedemptionView>,
    /// Under which name they appear on leaderboards.
    pub nickname: Option<String>,
    /// Their code for friends, where the program has referrals.
    pub referral: Option<ReferralCode>,
    /// The terms that they accepted.
    pub terms: Vec<(String, Timestamp)>,
}

/// A reward, as it stands for a member.
#[derive(Clone, Debug)]
pub struct Reachable {
    /// Which, by its place in the program in force.
    pub place: usize,
    /// What it costs them, in the smallest unit.
    pub price: Vec<(Name, i64)>,
    /// What is missing of it.
    pub missing: Vec<(Name, i64)>,
    /// What would come of asking for it now.
    pub verdict: Verdict,
    /// Vouchers for it in hand.
    pub vouchers: usize,
}

impl App {
    /// What a member sees of their own.
    pub fn own(&self, tenant: TenantId, member: MemberId) -> Result<Own, Error> {
        let who = MemberRef::Id(member);
        let (_, program) = self.program_in_force(tenant, self.now())?;
        let referral = match &program.referral {
            Some(_) => Some(self.referral_code(tenant, &who)?),
            None => None,
        };
        let balances = self.balances(tenant, &who, None)?;
        Ok(Own {
            member: self.member(tenant, &who)?,
            rewards: self.reachable(tenant, member, &balances)?,
            redemptions: self.redemptions(tenant, &who)?,
            nickname: self.nickname(tenant, &who)?,
            referral,
            terms: self.accepted_terms(tenant, member)?,
            balances,
        })
    }

    /// Which rewards a member could have now, and what keeps them from the others: each is tried as a
    /// preview, so that all that the program asks is looked at, and told in its words.
    fn reachable(
        &self,
        tenant: TenantId,
        member: MemberId,
        balances: &Balances,
    ) -> Result<Vec<Reachable>, Error> {
        let now = self.now();
        let program = &balances.program;
        let in_hand = |reward: &Reward| {
            let own = balances.vouchers.iter();
            own.filter(|voucher| voucher.reward == reward.id).count()
        };
        let is_on = |reward: &Reward| {
            reward.from.is_none_or(|from| from <= now)
                && reward.until.is_none_or(|until| until > now)
        };
        let mut rewards = Vec::new();
        for (place, reward) in program.rewards.iter().enumerate() {
            let vouchers = in_hand(reward);
            let is_bought = !reward.price.is_empty() || !reward.plans.is_empty();
            // What pays a part of an order is for the checkout.
            let at_checkout = matches!(reward.kind, RewardKind::Payment(_));
            if at_checkout || !is_on(reward) || !is_bought && vouchers == 0 {
                continue;
            }
            let text = |text: &str| Text::new(text).map_err(|error| Error::Bug(error.to_string()));
            let kind = Kind::RewardRequest(RewardRequest {
                redemption: text("preview")?,
                reward: text(&reward.id)?,
                quantity: reward.least.max(1),
                order: None,
                commit: false,
            });
            let incoming = as_sent(&MemberRef::Id(member), own_key("preview")?, kind);
            let preview = self.preview(tenant, incoming)?;
            let listed = reward.price.iter().map(|(points, units)| {
                let units = units.saturating_mul(reward.least.max(1));
                (program.points[usize::from(*points)].name, units)
            });
            let taken = preview.points.iter().filter(|moved| moved.change < 0);
            let taken: Vec<(Name, i64)> = taken.map(|it| (it.points, -it.change)).collect();
            let price: Vec<(Name, i64)> = match (&preview.outcome.verdict, taken.is_empty()) {
                (Verdict::Accepted, false) => taken,
                (Verdict::Accepted, true) if vouchers > 0 => Vec::new(),
                (Verdict::Refused(Refusal::InsufficientPoints { points, price, .. }), _)
                    if reward.price.len() == 1 =>
                {
                    vec![(*points, *price)]
                }
                _ => listed.collect(),
            };
            let available = |name: Name| {
                let found = preview.available.iter().find(|(own, _)| *own == name);
                found.map_or(0, |(_, units)| *units)
            };
            let missing = match &preview.outcome.verdict {
                Verdict::Accepted => Vec::new(),
                Verdict::Refused(_) => {
                    let short = price
                        .iter()
                        .map(|(name, units)| (*name, units - available(*name)));
                    short.filter(|(_, units)| *units > 0).collect()
                }
            };
            rewards.push(Reachable {
                place,
                price,
                missing,
                verdict: preview.outcome.verdict,
                vouchers,
            });
        }
        Ok(rewards)
    }
}
