//! What the program offers.

use super::balance::membership;
use super::overview::budget;
use super::{code_batch, unless_never};
use crate::language::reader;
use regulars_api::Amount;
use regulars_api::catalogue::{
    CampaignOut, CampaignsOut, ChanceOut, DrawOut, GamesOut, OfferOut, PaidPlanOut, PaidPlansOut,
    PrizeOut, RewardItemOut, RewardsOut, SubscriberOut,
};
use regulars_api::overview::BudgetOut;
use regulars_api::receipt::PointsOut;
use regulars_app::{Catalogue, Subscriber};
use regulars_base::{Name, Timestamp};
use regulars_engine::Program;
use regulars_engine::program::words::summary::{Part, parts};
use regulars_engine::program::{CouponCodes, CouponRule};

/// What the program says, to look parts up in.
struct Said<'p> {
    program: &'p Program,
    parts: Vec<Part>,
}

impl<'p> Said<'p> {
    fn of(catalogue: &'p Catalogue) -> Self {
        let program = &*catalogue.program;
        Self {
            program,
            parts: parts(reader(program)),
        }
    }

    fn offer(
        &self,
        kind: &str,
        (id, title): (&str, &str),
        (from, until): (Option<Timestamp>, Option<Timestamp>),
    ) -> OfferOut {
        let mut parts = self.parts.iter();
        let part = parts.find(|part| part.kind == kind && part.id == id);
        OfferOut {
            id: id.to_owned(),
            title: title.to_owned(),
            says: part.map_or_else(Vec::new, Part::lines),
            from: from.and_then(unless_never),
            until: until.and_then(unless_never),
        }
    }

    fn price(&self, price: &[(u16, i64)]) -> Vec<PointsOut> {
        let each = |(at, units): &(u16, i64)| {
            let points = &self.program.points[usize::from(*at)];
            PointsOut {
                points: points.id.clone(),
                amount: Amount::number(*units, points.decimals),
            }
        };
        price.iter().map(each).collect()
    }
}

/// The limits that all members share of a part. The stock of a reward, which is kept under its own
/// name, is told on its own.
fn limits(catalogue: &Catalogue, (kind, id): (&str, &str), name: Name) -> Vec<BudgetOut> {
    let own = catalogue.budgets.iter().map(|own| (own, &own.budget));
    own.filter(|(_, of)| of.kind == kind && of.id == id && of.key.name != name)
        .map(|(own, _)| budget(own))
        .collect()
}

/// The rewards.
pub fn rewards(catalogue: &Catalogue) -> RewardsOut {
    let said = Said::of(catalogue);
    let item = |own: &regulars_engine::program::Reward| RewardItemOut {
        offer: said.offer("reward", (&own.id, &own.title), (own.from, own.until)),
        price: said.price(&own.price),
        cost: own
            .cost
            .map(|minor| Amount::money(minor, said.program.currency)),
        currency: said.program.currency.to_string(),
        sent: own.sent,
        codes: own.codes,
        left: catalogue.reward_left(own),
        limits: limits(catalogue, ("reward", &own.id), own.name),
    };
    RewardsOut {
        items: said.program.rewards.iter().map(item).collect(),
    }
}

/// The coupons.
pub fn campaigns(catalogue: &Catalogue) -> CampaignsOut {
    let said = Said::of(catalogue);
    let item = |own: &CouponRule| {
        let batches = catalogue.batches.iter();
        let batches = batches.filter(|batch| batch.coupon == own.name);
        let batches: Vec<_> = batches.map(|batch| code_batch(batch, &own.id)).collect();
        CampaignOut {
            offer: said.offer("coupon", (&own.id, &own.title), (own.from, own.until)),
            word: own.shared_code().map(ToString::to_string),
            uses: match own.codes {
                CouponCodes::Shared(_) => None,
                CouponCodes::Single { uses, .. } => Some(uses),
            },
            transfer: own.transfer,
            made: batches.iter().map(|batch| batch.made).sum(),
            batches,
            limits: limits(catalogue, ("coupon", &own.id), own.name),
        }
    };
    CampaignsOut {
        items: said.program.coupons.iter().map(item).collect(),
    }
}

/// The plans.
pub fn plans(catalogue: &Catalogue) -> PaidPlansOut {
    let said = Said::of(catalogue);
    let item = |own: &regulars_engine::program::PlanRule| PaidPlanOut {
        offer: said.offer("plan", (&own.id, &own.title), (None, None)),
        price: Amount::money(own.price, said.program.currency),
        currency: said.program.currency.to_string(),
        pause: own.pause.is_some(),
    };
    PaidPlansOut {
        items: said.program.plans.iter().map(item).collect(),
    }
}

/// Somebody who is on a plan.
pub fn subscriber(program: &Program, own: &Subscriber) -> SubscriberOut {
    SubscriberOut {
        member: own.member.to_string(),
        membership: membership(program, &own.plan),
    }
}

/// The games.
pub fn games(catalogue: &Catalogue) -> GamesOut {
    let said = Said::of(catalogue);
    let games = &said.program.games;
    let challenges = games.challenges.iter().map(|own| {
        let named = (own.id.as_str(), own.title.as_str());
        said.offer("challenge", named, (own.from, own.until))
    });
    let boards = games.boards.iter().map(|own| {
        let named = (own.id.as_str(), own.title.as_str());
        said.offer("leaderboard", named, (None, None))
    });
    let chance = games.games.iter().map(|own| ChanceOut {
        offer: said.offer("game", (&own.id, &own.title), (own.from, own.until)),
        prizes: own
            .prizes
            .iter()
            .map(|prize| PrizeOut {
                id: prize.id.clone(),
                title: prize.title.clone(),
                odds: prize.odds.to_string(),
                stock: prize.stock,
                left: catalogue.prize_left(prize),
            })
            .collect(),
    });
    let draws = games.draws.iter().map(|own| DrawOut {
        offer: said.offer("draw", (&own.id, &own.title), (own.from, Some(own.closes))),
        closed: own.closes <= catalogue.as_of,
        winners: own.winners,
        alternates: own.alternates,
    });
    let causes = games.causes.iter().map(|own| {
        let named = (own.id.as_str(), own.title.as_str());
        said.offer("cause", named, (own.from, own.until))
    });
    GamesOut {
        challenges: challenges.collect(),
        leaderboards: boards.collect(),
        games: chance.collect(),
        draws: draws.collect(),
        causes: causes.collect(),
    }
}
