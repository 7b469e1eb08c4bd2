//! From an event of the engine to JSON: what clients of ours and stories over HTTP send.

use super::*;
use regulars_base::Currency;
use regulars_engine::event::{
    Activity, Event, Incoming, Kind, Line, PaymentEnd, PlanChoice, Purchase, Refund, Refunded,
    Touch, Value, Who,
};

impl EventIn {
    /// The same event as it is sent. `currency` is that of a refund's amounts; `decimals` are
    /// those of points by their id. Nothing for kinds that no source sends.
    pub fn of(
        incoming: &Incoming,
        currency: Currency,
        decimals: &dyn Fn(&str) -> Option<u8>,
    ) -> Option<Self> {
        let head = head(incoming);
        if let Some(own) = desk::write(&incoming.event.kind, &head) {
            return Some(own);
        }
        Some(match &incoming.event.kind {
            Kind::Enrolment => Self::Enrolment(EnrolmentIn { head }),
            Kind::Purchase(it) => Self::Purchase(purchase(head, it)),
            Kind::Refund(it) => Self::Refund(refund(head, it, currency)),
            Kind::Activity(it) => Self::Activity(activity(head, it)),
            Kind::RewardRequest(it) => Self::RewardRequest(RewardRequestIn {
                head,
                redemption: Some(it.redemption.to_string()),
                reward: it.reward.to_string(),
                quantity: Some(it.quantity),
                order: it.order.as_ref().map(ToString::to_string),
                commit: Some(it.commit),
            }),
            Kind::RewardCommit(it) | Kind::RewardCancel(it) => {
                let end = RewardEndIn {
                    head,
                    redemption: it.redemption.to_string(),
                    order: it.order.as_ref().map(ToString::to_string),
                };
                match incoming.event.kind {
                    Kind::RewardCommit(_) => Self::RewardCommit(end),
                    _ => Self::RewardCancel(end),
                }
            }
            Kind::Adjustment(it) => Self::Adjustment(AdjustmentEventIn {
                head,
                points: it.points.to_string(),
                amount: Amount::number(it.amount, decimals(it.points.as_str()).unwrap_or(0)),
                reason: it.reason.to_string(),
                by: said(&it.by),
            }),
            Kind::OpeningBalance(it) => opening::write(head, it, decimals),
            Kind::PlanJoin(it) => Self::PlanJoin(choice(head, it)),
            Kind::PlanChange(it) => Self::PlanChange(choice(head, it)),
            Kind::PlanPause => Self::PlanPause(PlanIn { head }),
            Kind::PlanResume => Self::PlanResume(PlanIn { head }),
            Kind::PlanCancel => Self::PlanCancel(PlanIn { head }),
            Kind::PaymentSucceeded(it) => Self::PaymentSucceeded(payment_end(head, it)),
            Kind::PaymentFailed(it) => Self::PaymentFailed(payment_end(head, it)),
            Kind::PaymentRefunded(it) => Self::PaymentRefunded(PaymentBackIn {
                head,
                invoice: it.invoice,
                currency: it.amount.map(|_| currency.to_string()),
                amount: it.amount.map(|minor| Amount::money(minor, currency)),
                reference: said(&it.reference),
            }),
            Kind::TierGrant(it) => Self::TierGrant(TierGrantEventIn {
                head,
                tier: it.tier.to_string(),
                until: it.until.map(|until| until.to_string()),
                reason: it.reason.to_string(),
                by: said(&it.by),
            }),
            Kind::TierRevoke(it) => Self::TierRevoke(TierRevokeEventIn {
                head,
                reason: it.reason.to_string(),
                by: said(&it.by),
            }),
            Kind::TierMatch(it) => Self::TierMatch(TierMatchEventIn {
                head,
                program: it.program.to_string(),
                tier: it.tier.to_string(),
                proof: it.proof.to_string(),
                by: said(&it.by),
            }),
            Kind::Profile(fields) => Self::Profile(ProfileIn {
                head,
                fields: fields.iter().map(ToString::to_string).collect(),
            }),
            Kind::Birthday(it) => Self::Birthday(BirthdayIn {
                head,
                month: it.month,
                day: it.day,
            }),
            Kind::Moderation(it) => Self::Moderation(ModerationIn {
                head,
                submission: it.submission.to_string(),
                approved: it.approved,
                reason: said(&it.reason),
                by: said(&it.by),
            }),
            Kind::ReferralClick => Self::ReferralClick(ReferralClickIn { head }),
            Kind::SignUp(it) => {
                let touch = |touch: &Touch| TouchIn {
                    referrer: touch.referrer.to_string(),
                    at: Some(touch.at.to_string()),
                };
                Self::SignUp(SignUpIn {
                    head,
                    touches: it.touches.iter().map(touch).collect(),
                    fingerprints: people::written(&it.marks),
                })
            }
            Kind::Fingerprints(it) => Self::Fingerprints(FingerprintsIn {
                head,
                fingerprints: people::written(it),
            }),
            Kind::ReferralReview(it) => Self::ReferralReview(ReferralReviewIn {
                head,
                approve: it.approve,
                reason: it.reason.to_string(),
                by: said(&it.by),
            }),
            Kind::TransferOut(it) => Self::Transfer(TransferEventIn {
                head,
                to: it.to.to_string(),
                points: it.points.to_string(),
                amount: Amount::number(it.amount, decimals(it.points.as_str()).unwrap_or(0)),
            }),
            Kind::CodeUse(it) => Self::CodeUse(CodeUseIn {
                head,
                code: it.code.to_string(),
                order: it.order.as_ref().map(ToString::to_string),
            }),
            Kind::CodeUndo(it) => Self::CodeUndo(CodeUndoIn {
                head,
                code: it.code.to_string(),
                order: it.order.as_ref().map(ToString::to_string),
                reason: it.reason.to_string(),
            }),
            Kind::CodeAssign(it) => Self::CodeAssign(CodeAssignIn {
                head,
                code: it.code.to_string(),
            }),
            Kind::ChallengeJoin(it) => Self::ChallengeJoin(ChallengeJoinIn {
                head,
                challenge: it.challenge.to_string(),
            }),
            Kind::Play(it) => Self::Play(PlayIn {
                head,
                game: it.game.to_string(),
                nonce: said(&it.nonce),
            }),
            Kind::Tickets(it) => Self::Tickets(TicketsIn {
                head,
                draw: it.draw.to_string(),
                quantity: Some(it.quantity),
            }),
            Kind::Donation(it) => Self::Donation(DonationIn {
                head,
                cause: it.cause.to_string(),
                points: it.points.to_string(),
                amount: Amount::number(it.amount, decimals(it.points.as_str()).unwrap_or(0)),
            }),
            Kind::PartnerAward(it) => Self::PartnerAward(PartnerAwardIn {
                head,
                points: it.points.to_string(),
                amount: Amount::number(it.amount, decimals(it.points.as_str()).unwrap_or(0)),
                reason: it.reason.to_string(),
            }),
            Kind::PartnerAwardCancel(it) => Self::PartnerAwardCancel(PartnerAwardCancelIn {
                head,
                award: it.award.to_string(),
                reason: it.reason.to_string(),
            }),
            Kind::SellThrough(it) => Self::SellThrough(SellThroughIn::of(head, it)),
            Kind::Perk(it) => perk::written(head, it, decimals)?,
            Kind::StoreCredit(it) => Self::StoreCredit(money::credit_out(head, it, currency)),
            Kind::GiftCard(it) => Self::GiftCard(money::card_out(head, it, currency)),
            Kind::GroupSet(it) => Self::GroupSet(GroupSetIn {
                head,
                group: it.group.to_string(),
                title: said(&it.title),
                manager: said(&it.manager),
                from: it.from.map(|at| at.to_string()),
                until: it.until.map(|at| at.to_string()),
            }),
            Kind::GroupInvite(it) => Self::GroupInvite(GroupInviteIn {
                head,
                person: it.person.to_string(),
                role: said(&it.role),
            }),
            Kind::GroupJoin(it) => Self::GroupJoin(GroupJoinIn {
                head,
                group: it.group.to_string(),
            }),
            Kind::GroupLeave(it) => Self::GroupLeave(GroupLeaveIn {
                head,
                person: it.person.map(|person| person.to_string()),
            }),
            Kind::GroupRole(it) => {
                let most = |(points, most): &(regulars_base::Text, i64)| {
                    let places = decimals(points.as_str()).unwrap_or(0);
                    (points.to_string(), Amount::number(*most, places))
                };
                Self::GroupRole(GroupRoleIn {
                    head,
                    person: it.person.to_string(),
                    role: said(&it.role),
                    spend_max: it.spend_max.iter().map(most).collect(),
                })
            }
            Kind::GroupClose => Self::GroupClose(GroupCloseIn { head }),
            // Nobody sends these: they are made by the server, or were written above.
            Kind::Tick
            | Kind::MemberHold(_)
            | Kind::MergeOut(_)
            | Kind::MergeIn(_)
            | Kind::Approved(_)
            | Kind::FriendNews(_)
            | Kind::RingQuestion(_)
            | Kind::ReferralAnswer(_)
            | Kind::ReferralMoved(_)
            | Kind::TransferIn(_)
            | Kind::TransferBack(_)
            | Kind::CodeTransfer(_)
            | Kind::Placed(_)
            | Kind::PartnerPost(_)
            | Kind::PeriodClosed(_)
            | Kind::BooksClosed(_)
            | Kind::Changeover(_)
            | Kind::StaffNews(_)
            | Kind::ChannelMoved(_)
            | Kind::GiftCardUsed(_)
            | Kind::GiftCardReturned(_)
            | Kind::MoneyIn(_)
            | Kind::MoneyBack(_)
            | Kind::MoneyMoved(_)
            | Kind::GroupInvited(_)
            | Kind::GroupEntry(_)
            | Kind::GroupAnswer(_)
            | Kind::GroupBrought(_)
            | Kind::GroupLeft(_)
            | Kind::Unmerge(_)
            | Kind::Unmerged(_)
            | Kind::TeamNews(_)
            | Kind::MemberChanged(_) => return None,
        })
    }
}

fn head(incoming: &Incoming) -> HeadIn {
    let Event {
        key, occurred_at, ..
    } = &incoming.event;
    let (member, customer) = match &incoming.who {
        Who::Member(member) => (Some(member.to_string()), None),
        Who::Identity { kind, value } => {
            let (kind, value) = (kind.to_string(), value.to_string());
            (None, Some(CustomerIn { kind, value }))
        }
        Who::OfOrder => (None, None),
    };
    HeadIn {
        source: key.source.to_string(),
        id: key.external_id.to_string(),
        at: Some(occurred_at.to_string()),
        member,
        customer,
    }
}

fn choice(head: HeadIn, it: &PlanChoice) -> PlanChoiceIn {
    PlanChoiceIn {
        head,
        plan: it.plan.to_string(),
    }
}

fn payment_end(head: HeadIn, it: &PaymentEnd) -> PaymentEndIn {
    PaymentEndIn {
        head,
        invoice: it.invoice,
        attempt: it.attempt,
        reference: said(&it.reference),
        reason: said(&it.reason),
    }
}

pub(super) fn said(text: &regulars_base::Text) -> Option<String> {
    (!text.is_empty()).then(|| text.to_string())
}

fn unless_zero(minor: i64, currency: Currency) -> Option<Amount> {
    (minor != 0).then(|| Amount::money(minor, currency))
}

pub(super) fn purchase(head: HeadIn, it: &Purchase) -> PurchaseIn {
    let line = |line: &Line| LineIn {
        id: said(&line.id),
        sku: said(&line.sku),
        category: said(&line.category),
        brand: said(&line.brand),
        quantity: Some(Amount::number(line.quantity, 3)),
        amount: Amount::money(line.amount, it.currency),
        discount: unless_zero(line.discount, it.currency),
        tax: unless_zero(line.tax, it.currency),
    };
    let payments = it.payments.iter().map(|payment| {
        let (from, hold) = money::written(payment.from.as_deref());
        PaymentIn {
            method: payment.method.to_string(),
            amount: Amount::money(payment.amount, it.currency),
            from,
            hold,
        }
    });
    PurchaseIn {
        head,
        order: it.order.to_string(),
        currency: it.currency.to_string(),
        total: Some(Amount::money(it.total, it.currency)),
        delivery: unless_zero(it.delivery, it.currency),
        discount: None,
        lines: it.lines.iter().map(line).collect(),
        payments: payments.collect(),
        channel: said(&it.channel),
        store: said(&it.store),
        staff: said(&it.staff),
        codes: it.codes.iter().map(ToString::to_string).collect(),
        rewards: it.rewards.iter().map(reward_use).collect(),
    }
}

fn reward_use(it: &regulars_engine::event::RewardUse) -> RewardUseIn {
    RewardUseIn {
        reward: it.reward.to_string(),
        quantity: it.quantity,
        redemption: Some(it.redemption.to_string()),
    }
}

fn refund(head: HeadIn, it: &Refund, currency: Currency) -> RefundIn {
    let (amount, lines) = match &it.what {
        Refunded::Rest => (None, Vec::new()),
        Refunded::Amount(minor) => (Some(Amount::money(*minor, currency)), Vec::new()),
        Refunded::Lines(lines) => {
            let line = |line: &regulars_engine::event::RefundLine| RefundLineIn {
                line: line.line.to_string(),
                amount: line.amount.map(|minor| Amount::money(minor, currency)),
                quantity: line
                    .quantity
                    .map(|thousandths| Amount::number(thousandths, 3)),
            };
            (None, lines.iter().map(line).collect())
        }
    };
    RefundIn {
        head,
        order: it.order.to_string(),
        currency: Some(currency.to_string()),
        amount,
        lines,
    }
}

fn activity(head: HeadIn, it: &Activity) -> ActivityIn {
    let field = |(name, value): &(regulars_base::Text, Value)| {
        let value = match value {
            Value::Bool(value) => FieldIn::Bool(*value),
            Value::Int(value) => FieldIn::Int(*value),
            Value::Text(value) => FieldIn::Text(value.to_string()),
        };
        (name.to_string(), value)
    };
    ActivityIn {
        head,
        name: it.name.to_string(),
        store: said(&it.store),
        fields: it.fields.iter().map(field).collect(),
    }
}
