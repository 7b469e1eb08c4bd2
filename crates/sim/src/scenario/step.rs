//! Reads what happens in a step.

use super::fields::{Fields, Reader};
use super::node::{Node, What};
use super::read::{Load, moment, version};
use super::{Action, Fault, Other, money, people, perk};
use regulars_base::{Currency, EventKey, MemberId, Money, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::code::Code;
use regulars_engine::event::{
    Activity, Adjustment, Birthday, ChallengeJoin, CodeAssign, CodeTransfer, CodeUndo, CodeUse,
    Donation, Event, Incoming, Kind, LineParts, MemberHold, Moderation, OpeningBalance,
    PartnerAward, PartnerAwardBack, Payment, PaymentBack, PaymentEnd, PlanChoice, Play, Purchase,
    PurchaseParts, Refund, RefundLine, Refunded, RewardEnd, RewardRequest, RewardUse, SellThrough,
    Tickets, TierGrant, TierMatch, TierRevoke, Value, Who,
};
use std::sync::Arc;

/// What a story stands on at this point.
pub(super) struct Setting<'a> {
    /// The program in force.
    pub(super) program: Arc<Program>,
    /// Finds program files.
    pub(super) load: Load<'a>,
}

const ACTIONS: [&str; 66] = [
    "codes",
    "void",
    "code_use",
    "code_undo",
    "code_assign",
    "code_transfer",
    "enrol",
    "purchase",
    "refund",
    "visit",
    "activity",
    "profile",
    "birthday",
    "moderate",
    "reward_request",
    "reward_commit",
    "reward_cancel",
    "adjust",
    "plan_join",
    "plan_change",
    "plan_pause",
    "plan_resume",
    "plan_cancel",
    "payment_succeeded",
    "payment_failed",
    "payment_refunded",
    "tier_grant",
    "tier_revoke",
    "tier_match",
    "challenge_join",
    "play",
    "tickets",
    "donation",
    "merge",
    "click",
    "sign_up",
    "fingerprints",
    "review",
    "transfer",
    "store_credit",
    "gift_card",
    "tick",
    "apply",
    "partner_award",
    "partner_award_cancel",
    "sell_through",
    "reward_return",
    "restock",
    "automatic_rewards",
    "fulfilment",
    "codes_added",
    "pick",
    "attributes",
    "group_set",
    "group_invite",
    "group_join",
    "group_leave",
    "group_role",
    "group_close",
    "unmerge",
    "member_hold",
    "member_release",
    "reissue",
    "reissue_undo",
    "reward_gift",
    "opening_balance",
];

/// What the step with this number and these moments does.
pub(super) fn action(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    (number, at, recorded_at): (usize, Timestamp, Timestamp),
    (setting, others): (&mut Setting<'_>, &mut Vec<Other>),
) -> Option<Action> {
    let source = fields.text(reader, "source");
    let key = fields.text(reader, "key");
    let mut found: Vec<(&str, Node)> = Vec::new();
    for name in ACTIONS {
        found.extend(fields.take(name).map(|node| (name, node)));
    }
    if found.len() != 1 {
        let what = format!("a step needs one of {}", ACTIONS.join(", "));
        reader.fault(&fields.span, what);
        return None;
    }
    let (name, node) = found.remove(0);
    let key = EventKey {
        source: source.unwrap_or_else(|| own("shop")),
        external_id: key.unwrap_or_else(|| own(&format!("step-{number}"))),
    };
    match name {
        "apply" => {
            let version = version(reader, node, setting.load)?;
            setting.program = version.program.clone();
            return Some(Action::Apply(version));
        }
        "tick" => return who(reader, node).map(Action::Tick),
        "unmerge" => return who(reader, node).map(|member| Action::Unmerge { key, member }),
        "void" => return code(reader, node).map(Action::Void),
        "codes" => {
            let mut fields = reader.fields(node, "codes")?;
            let coupon = fields.needed(reader, "coupon");
            let codes = codes(reader, &mut fields);
            fields.done(reader);
            return Some(Action::Codes {
                coupon: coupon?.to_string(),
                codes,
            });
        }
        _ => {}
    }
    let span = node.span.clone();
    let mut fields = if matches!(
        name,
        "enrol"
            | "visit"
            | "click"
            | "plan_pause"
            | "plan_resume"
            | "plan_cancel"
            | "group_leave"
            | "group_close"
    ) && matches!(node.what, What::Text(_))
    {
        let member = vec![("member".to_owned(), node)];
        let what = What::Table(member);
        reader.fields(Node { what, span }, "it")?
    } else {
        reader.fields(node, "it")?
    };
    let member = match name {
        // The stock is nobody's: the house keeps it.
        "restock" | "codes_added" => {
            return house(reader, (name, fields), (key, at, recorded_at));
        }
        _ => fields.take("member"),
    };
    let member = member.and_then(|node| who(reader, node));
    if member.is_none() && name != "refund" {
        reader.fault(&fields.span, format!("`{name}` needs `member`"));
        return None;
    }
    let who_it_is = member.unwrap_or(Who::OfOrder);
    if name == "merge" {
        let into = fields.take("into").and_then(|node| who(reader, node));
        if into.is_none() {
            reader.fault(&fields.span, "a merge needs `into`: the member who stays");
        }
        fields.done(reader);
        return into.map(|into| Action::Merge {
            key,
            from: who_it_is,
            into,
        });
    }
    if name == "code_transfer" {
        let into = fields.take("into").and_then(|node| who(reader, node));
        if into.is_none() {
            reader.fault(&fields.span, "a transfer needs `into`: who gets the code");
        }
        let code = fields.take("code").and_then(|node| code(reader, node));
        fields.done(reader);
        // Who they are is told by the runner.
        let nobody = MemberId::from_bytes([0; 16]);
        let event = Event {
            key,
            occurred_at: at,
            recorded_at,
            entropy: [0; 16],
            kind: Kind::CodeTransfer(CodeTransfer {
                code: code?,
                from: nobody,
                into: nobody,
            }),
        };
        return Some(Action::Transfer {
            event: Box::new(event),
            from: who_it_is,
            into: into?,
        });
    }
    let kind = match name {
        "click" | "sign_up" | "fingerprints" | "review" | "transfer" => {
            let program = Arc::clone(&setting.program);
            people::kind(reader, &mut fields, (name, at), (&program, others))
        }
        "store_credit" | "gift_card" => {
            let program = Arc::clone(&setting.program);
            money::kind(reader, &mut fields, (name, &key), (&program, others))
        }
        "purchase" => {
            let bought = purchase(reader, &mut fields, (&setting.program, others));
            bought.map(|bought| Kind::Purchase(Box::new(bought)))
        }
        name if name.starts_with("group_") => {
            let program = Arc::clone(&setting.program);
            people::group(reader, &mut fields, name, (&program, others))
        }
        _ => kind(reader, &mut fields, name, &key, setting),
    };
    fields.done(reader);
    let event = Event {
        key,
        occurred_at: at,
        recorded_at,
        entropy: [0; 16],
        kind: kind?,
    };
    let who = who_it_is;
    Some(Action::Event(Box::new(Incoming { who, event })))
}

/// What concerns no member.
fn house(
    reader: &mut Reader<'_>,
    (name, mut fields): (&str, Fields),
    (key, occurred_at, recorded_at): (EventKey, Timestamp, Timestamp),
) -> Option<Action> {
    let perk = perk::of_house(reader, &mut fields, name);
    fields.done(reader);
    let event = Event {
        key,
        occurred_at,
        recorded_at,
        entropy: [0; 16],
        kind: Kind::Perk(Box::new(perk?)),
    };
    let who = Who::house();
    Some(Action::Event(Box::new(Incoming { who, event })))
}

fn own(text: &str) -> Text {
    Text::new(text).expect("a few plain letters are a text")
}

/// `ana`, `email:ana@example.org`.
pub(super) fn who(reader: &mut Reader<'_>, node: Node) -> Option<Who> {
    let text = reader.text(node)?;
    let (kind, value) = text
        .as_str()
        .split_once(':')
        .unwrap_or(("customer", text.as_str()));
    Some(Who::Identity {
        kind: Text::new(kind).ok()?,
        value: Text::new(value).ok()?,
    })
}

fn kind(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    name: &str,
    key: &EventKey,
    setting: &Setting<'_>,
) -> Option<Kind> {
    Some(match name {
        "enrol" => Kind::Enrolment,
        "refund" => Kind::Refund(refund(reader, fields, &setting.program)?),
        "visit" => Kind::Activity(Activity {
            name: own("visit"),
            store: fields.text(reader, "store").unwrap_or_default(),
            fields: Vec::new(),
        }),
        "activity" => Kind::Activity(activity(reader, fields)?),
        "profile" => Kind::Profile(profile(reader, fields)?),
        "birthday" => Kind::Birthday(birthday(reader, fields)?),
        "moderate" => Kind::Moderation(Moderation {
            submission: fields.needed(reader, "submission")?,
            approved: fields.take("approved").is_none_or(|node| reader.yes(&node)),
            reason: fields
                .text(reader, "reason")
                .unwrap_or_else(|| own("looked at")),
            by: fields.text(reader, "by").unwrap_or_else(|| own("the shop")),
        }),
        "reward_request" => Kind::RewardRequest(RewardRequest {
            redemption: fields
                .text(reader, "redemption")
                .unwrap_or_else(|| key.external_id.clone()),
            reward: fields.needed(reader, "reward")?,
            quantity: fields
                .take("quantity")
                .map_or(Some(1), |node| reader.number(&node, 0))?,
            order: fields.text(reader, "order"),
            commit: fields.take("commit").is_some_and(|node| reader.yes(&node)),
        }),
        "code_use" => Kind::CodeUse(CodeUse {
            code: needed_code(reader, fields)?,
            order: fields.text(reader, "order"),
        }),
        "code_undo" => Kind::CodeUndo(CodeUndo {
            code: needed_code(reader, fields)?,
            order: fields.text(reader, "order"),
            reason: fields
                .text(reader, "reason")
                .unwrap_or_else(|| own("by hand")),
        }),
        "code_assign" => Kind::CodeAssign(CodeAssign {
            code: needed_code(reader, fields)?,
        }),
        "reward_commit" => Kind::RewardCommit(reward_end(reader, fields)?),
        "reward_cancel" => Kind::RewardCancel(reward_end(reader, fields)?),
        "plan_join" => Kind::PlanJoin(choice(reader, fields)?),
        "plan_change" => Kind::PlanChange(choice(reader, fields)?),
        "plan_pause" => Kind::PlanPause,
        "plan_resume" => Kind::PlanResume,
        "plan_cancel" => Kind::PlanCancel,
        "payment_succeeded" => Kind::PaymentSucceeded(payment_end(reader, fields)?),
        "payment_failed" => Kind::PaymentFailed(payment_end(reader, fields)?),
        "payment_refunded" => Kind::PaymentRefunded(PaymentBack {
            invoice: invoice(reader, fields)?,
            amount: amount_of(reader, fields, "amount", setting.program.currency),
            reference: fields.text(reader, "reference").unwrap_or_default(),
        }),
        "tier_grant" => Kind::TierGrant(TierGrant {
            tier: fields.needed(reader, "tier")?,
            until: match fields.take("until") {
                Some(node) => Some(moment(reader, &setting.program.zone, &node)?),
                None => None,
            },
            reason: by_whom(reader, fields, "reason", "by hand"),
            by: by_whom(reader, fields, "by", "the shop"),
        }),
        "tier_revoke" => Kind::TierRevoke(TierRevoke {
            reason: by_whom(reader, fields, "reason", "by hand"),
            by: by_whom(reader, fields, "by", "the shop"),
        }),
        "tier_match" => Kind::TierMatch(TierMatch {
            program: fields.needed(reader, "program")?,
            tier: fields.needed(reader, "tier")?,
            proof: by_whom(reader, fields, "proof", "seen"),
            by: by_whom(reader, fields, "by", "the shop"),
        }),
        "challenge_join" => Kind::ChallengeJoin(ChallengeJoin {
            challenge: fields.needed(reader, "challenge")?,
        }),
        "play" => Kind::Play(Play {
            game: fields.needed(reader, "game")?,
            nonce: fields.text(reader, "nonce").unwrap_or_default(),
        }),
        "tickets" => Kind::Tickets(Tickets {
            draw: fields.needed(reader, "draw")?,
            quantity: fields
                .take("quantity")
                .map_or(Some(1), |node| reader.number(&node, 0))?,
        }),
        "donation" => Kind::Donation(donation(reader, fields, &setting.program)?),
        "partner_award" => {
            let given = adjustment(reader, fields, &setting.program)?;
            Kind::PartnerAward(Box::new(PartnerAward {
                points: given.points,
                amount: given.amount,
                reason: given.reason,
            }))
        }
        "partner_award_cancel" => Kind::PartnerAwardCancel(Box::new(PartnerAwardBack {
            award: fields.needed(reader, "award")?,
            reason: by_whom(reader, fields, "reason", "by mistake"),
        })),
        "sell_through" => Kind::SellThrough(Box::new(SellThrough {
            customer: fields.text(reader, "customer").unwrap_or_default(),
            proof: fields.text(reader, "proof").unwrap_or_default(),
            // A seller's customers pay the seller: nobody else's wallet has to do with it.
            sold: Box::new(purchase(
                reader,
                fields,
                (&setting.program, &mut Vec::new()),
            )?),
        })),
        "member_hold" | "member_release" => Kind::MemberHold(Box::new(MemberHold {
            on: name == "member_hold",
            reason: by_whom(reader, fields, "reason", "by hand"),
            by: by_whom(reader, fields, "by", "the shop"),
        })),
        "reissue" | "reissue_undo" | "reward_gift" => {
            Kind::Perk(Box::new(perk::reissue(reader, fields, name)?))
        }
        "reward_return" | "automatic_rewards" | "fulfilment" | "pick" | "attributes" => Kind::Perk(
            Box::new(perk::kind(reader, fields, name, &setting.program)?),
        ),
        "opening_balance" => {
            let (points, amount) = points_and_amount(reader, fields, &setting.program)?;
            Kind::OpeningBalance(Box::new(OpeningBalance {
                points,
                amount,
                expires_at: match fields.take("expires_at") {
                    Some(node) => Some(moment(reader, &setting.program.zone, &node)?),
                    None => None,
                },
                from: by_whom(reader, fields, "from", "elsewhere"),
            }))
        }
        _ => Kind::Adjustment(adjustment(reader, fields, &setting.program)?),
    })
}

fn choice(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<PlanChoice> {
    let plan = fields.needed(reader, "plan")?;
    Some(PlanChoice { plan })
}

fn payment_end(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<PaymentEnd> {
    let attempt = fields.take("attempt");
    let attempt = attempt.and_then(|node| reader.number(&node, 0));
    Some(PaymentEnd {
        invoice: invoice(reader, fields)?,
        attempt: attempt.and_then(|attempt| u16::try_from(attempt).ok()),
        reference: fields.text(reader, "reference").unwrap_or_default(),
        reason: fields.text(reader, "reason").unwrap_or_default(),
    })
}

/// The number of an invoice.
fn invoice(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<u32> {
    let Some(node) = fields.take("invoice") else {
        reader.fault(&fields.span, "it needs `invoice`: the number of one");
        return None;
    };
    u32::try_from(reader.number(&node, 0)?).ok()
}

/// What a story may leave out, as it does not matter to it.
pub(super) fn by_whom(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    name: &'static str,
    absent: &str,
) -> Text {
    fields.text(reader, name).unwrap_or_else(|| own(absent))
}

/// A code of a coupon, as people write it.
fn code(reader: &mut Reader<'_>, node: Node) -> Option<Code> {
    let span = node.span.clone();
    let words = reader.words(node)?;
    Code::new(&words)
        .map_err(|wrong| reader.fault(&span, wrong.to_string()))
        .ok()
}

fn needed_code(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<Code> {
    let Some(node) = fields.take("code") else {
        reader.fault(&fields.span, "the step needs `code`");
        return None;
    };
    code(reader, node)
}

/// `codes = ["WELCOME10"]`.
fn codes(reader: &mut Reader<'_>, fields: &mut Fields) -> Vec<Code> {
    let Some(node) = fields.take("codes") else {
        return Vec::new();
    };
    let What::List(nodes) = node.what else {
        reader.fault(&node.span, "must be a list of codes: [\"WELCOME10\"]");
        return Vec::new();
    };
    nodes
        .into_iter()
        .filter_map(|node| code(reader, node))
        .collect()
}

fn reward_end(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<RewardEnd> {
    Some(RewardEnd {
        redemption: fields.needed(reader, "redemption")?,
        order: fields.text(reader, "order"),
    })
}

fn adjustment(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    program: &Program,
) -> Option<Adjustment> {
    let (points, amount) = points_and_amount(reader, fields, program)?;
    Some(Adjustment {
        points,
        amount,
        reason: by_whom(reader, fields, "reason", "by hand"),
        by: by_whom(reader, fields, "by", "the shop"),
    })
}

/// Which points, and how many in their smallest unit.
fn points_and_amount(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    program: &Program,
) -> Option<(Text, i64)> {
    let points = fields.needed(reader, "points")?;
    let known = program
        .points
        .iter()
        .find(|known| known.id == points.as_str());
    let decimals = known.map_or(0, |points| points.decimals);
    let Some(amount) = fields.take("amount") else {
        reader.fault(&fields.span, "`amount` is missing: how many points");
        return None;
    };
    let amount = reader.number(&amount, decimals)?;
    Some((points, amount))
}

fn profile(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<Vec<Text>> {
    let list = match fields.take("fields").map(|node| node.what) {
        Some(What::List(list)) => list,
        _ => {
            reader.fault(&fields.span, "a profile needs `fields`: [\"phone\"]");
            return None;
        }
    };
    list.into_iter().map(|node| reader.text(node)).collect()
}

fn birthday(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<Birthday> {
    let mut whole = |name: &'static str| {
        let node = fields.take(name);
        node.and_then(|node| reader.number(&node, 0)).unwrap_or(0)
    };
    let (month, day) = (whole("month"), whole("day"));
    match Birthday::new(month, day) {
        Ok(birthday) => Some(birthday),
        Err(fault) => {
            let what = format!("{} {}", fault.at.trim_start_matches('/'), fault.what);
            reader.fault(&fields.span, what);
            None
        }
    }
}

fn donation(reader: &mut Reader<'_>, fields: &mut Fields, program: &Program) -> Option<Donation> {
    let cause = fields.needed(reader, "cause")?;
    let points = fields.needed(reader, "points")?;
    let mut known = program.points.iter();
    let known = known.find(|known| known.id == points.as_str());
    let decimals = known.map_or(0, |points| points.decimals);
    let Some(amount) = fields.take("amount") else {
        reader.fault(&fields.span, "a donation needs `amount`: how many points");
        return None;
    };
    Some(Donation {
        cause,
        amount: reader.number(&amount, decimals)?,
        points,
    })
}

fn activity(reader: &mut Reader<'_>, fields: &mut Fields) -> Option<Activity> {
    let name = fields.needed(reader, "name")?;
    let store = fields.text(reader, "store").unwrap_or_default();
    let mut values = Vec::new();
    if let Some(node) = fields.take("fields") {
        for (name, node) in reader.fields(node, "fields")?.rest() {
            let value = match node.what {
                What::Bool(yes) => Value::Bool(yes),
                What::Number(words) if words.contains('.') => {
                    Value::Text(Text::new(words.trim_end_matches('0')).ok()?)
                }
                What::Number(_) => Value::Int(reader.number(&node, 0)?),
                _ => Value::Text(reader.text(node)?),
            };
            values.push((Text::new(name).ok()?, value));
        }
    }
    Some(Activity {
        name,
        store,
        fields: values,
    })
}

/// Minor units of `currency`: `"12.40"`, `"12.40 EUR"`, `12.40`, `12`.
fn amount(reader: &mut Reader<'_>, node: &Node, currency: Currency) -> Option<i64> {
    let written = match &node.what {
        What::Text(words) | What::Number(words) => words.as_str(),
        _ => "",
    };
    let read = match written.rsplit_once(' ') {
        Some((digits, code)) if code == currency.code() => currency.minor(digits.trim_end()),
        _ => currency.minor(written),
    };
    match read {
        Ok(minor) => Some(minor),
        Err(error) => {
            reader.fault(&node.span, error.to_string());
            None
        }
    }
}

pub(super) fn amount_of(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    name: &'static str,
    currency: Currency,
) -> Option<i64> {
    let node = fields.take(name)?;
    amount(reader, &node, currency)
}

/// The order's currency: as said, or as the total has it, or the program's.
fn currency_of(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    total: Option<&Node>,
    program: &Program,
) -> Option<Currency> {
    if let Some(node) = fields.take("currency") {
        let span = node.span.clone();
        return match Currency::new(&reader.words(node)?) {
            Ok(currency) => Some(currency),
            Err(error) => {
                reader.fault(&span, error.to_string());
                None
            }
        };
    }
    match total.map(|node| &node.what) {
        Some(What::Text(words)) if words.contains(' ') => match words.parse::<Money>() {
            Ok(money) => Some(money.currency),
            Err(error) => {
                let span = total.map_or(0..0, |node| node.span.clone());
                reader.fault(&span, error.to_string());
                None
            }
        },
        _ => Some(program.currency),
    }
}

/// `rewards = { five-off = 1, mug = "m-1" }`: so many, or what was set aside.
fn rewards(reader: &mut Reader<'_>, fields: &mut Fields, order: &Text) -> Vec<RewardUse> {
    let Some(node) = fields.take("rewards") else {
        return Vec::new();
    };
    let Some(mut own) = reader.fields(node, "rewards") else {
        return Vec::new();
    };
    let mut used = Vec::new();
    for (reward, node) in own.rest() {
        let (quantity, redemption) = match &node.what {
            What::Text(words) => (Some(1), words.clone()),
            _ => (reader.number(&node, 0), format!("{order}-{reward}")),
        };
        let texts = (Text::new(redemption), Text::new(reward));
        if let ((Ok(redemption), Ok(reward)), Some(quantity)) = (texts, quantity) {
            used.push(RewardUse {
                redemption,
                reward,
                quantity,
                told: Vec::new(),
            });
        }
    }
    used
}

fn purchase(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    (program, others): (&Program, &mut Vec<Other>),
) -> Option<Purchase> {
    let order: Text = fields.needed(reader, "order")?;
    let used = rewards(reader, fields, &order);
    let total = fields.take("total");
    let currency = currency_of(reader, fields, total.as_ref(), program)?;
    let total = match total {
        Some(node) => Some(amount(reader, &node, currency)?),
        None => None,
    };
    let mut parts = PurchaseParts {
        order,
        currency,
        total,
        delivery: amount_of(reader, fields, "delivery", currency).unwrap_or(0),
        discount: amount_of(reader, fields, "discount", currency).unwrap_or(0),
        lines: Vec::new(),
        payments: payments(reader, fields, (currency, others)),
        channel: fields.text(reader, "channel").unwrap_or_default(),
        store: fields.text(reader, "store").unwrap_or_default(),
        staff: fields.text(reader, "staff").unwrap_or_default(),
        codes: codes(reader, fields),
    };
    if let Some(node) = fields.take("lines") {
        let What::List(nodes) = node.what else {
            reader.fault(
                &node.span,
                "lines are a list of tables: [{ sku = \"...\", amount = \"...\" }]",
            );
            return None;
        };
        for node in nodes {
            let mut fields = reader.fields(node, "a line")?;
            let line = line(reader, &mut fields, currency);
            fields.done(reader);
            parts.lines.push(line);
        }
    } else if let Some(total) = total {
        // An order of one line, told by its total.
        let mut line = line(reader, fields, currency);
        let told = !(line.sku.is_empty() && line.category.is_empty() && line.brand.is_empty());
        if told || line.quantity != 1000 || line.tax != 0 {
            line.amount = total - parts.delivery + parts.discount;
            parts.lines.push(line);
        }
    }
    let span = fields.span.clone();
    Purchase::new(parts)
        .and_then(|own| own.with_rewards(used))
        .map_err(|faults| report(reader, &span, faults))
        .ok()
}

fn report(
    reader: &mut Reader<'_>,
    span: &std::ops::Range<usize>,
    faults: Vec<regulars_engine::event::Fault>,
) {
    let text = reader.text;
    reader.faults.extend(faults.into_iter().map(|fault| Fault {
        line: super::node::line_of(text, span.start),
        what: format!("{} {}", fault.at.trim_start_matches('/'), fault.what),
    }));
}

fn line(reader: &mut Reader<'_>, fields: &mut Fields, currency: Currency) -> LineParts {
    LineParts {
        id: fields.text(reader, "id").unwrap_or_default(),
        sku: fields.text(reader, "sku").unwrap_or_default(),
        category: fields.text(reader, "category").unwrap_or_default(),
        brand: fields.text(reader, "brand").unwrap_or_default(),
        quantity: fields
            .take("quantity")
            .and_then(|node| reader.number(&node, 3))
            .unwrap_or(1000),
        amount: amount_of(reader, fields, "amount", currency).unwrap_or(0),
        discount: amount_of(reader, fields, "discount", currency).unwrap_or(0),
        tax: amount_of(reader, fields, "tax", currency).unwrap_or(0),
    }
}

fn payments(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    (currency, others): (Currency, &mut Vec<Other>),
) -> Vec<Payment> {
    let Some(node) = fields.take("payments") else {
        return Vec::new();
    };
    let Some(mut methods) = reader.fields(node, "payments") else {
        return Vec::new();
    };
    let mut payments = Vec::new();
    for (method, node) in methods.rest() {
        if let (What::Table(_), Ok(method)) = (&node.what, Text::new(&method)) {
            payments.extend(money::payment(reader, method, node, (currency, others)));
            continue;
        }
        let amount = amount(reader, &node, currency);
        if let (Ok(method), Some(amount)) = (Text::new(method), amount) {
            payments.push(Payment {
                method,
                amount,
                from: None,
            });
        }
    }
    payments
}

fn refund(reader: &mut Reader<'_>, fields: &mut Fields, program: &Program) -> Option<Refund> {
    let order = fields.needed(reader, "order")?;
    let money = fields.take("amount");
    let currency = currency_of(reader, fields, money.as_ref(), program)?;
    let lines = fields.take("lines");
    let rest = fields.take("rest").is_some_and(|node| reader.yes(&node));
    let span = fields.span.clone();
    let what = match (money, lines) {
        (None, None) => Refunded::Rest,
        (Some(node), None) if !rest => Refunded::Amount(amount(reader, &node, currency)?),
        (None, Some(node)) if !rest => Refunded::Lines(refund_lines(reader, node, currency)?),
        _ => {
            reader.fault(
                &span,
                "a refund has `amount`, `lines` or `rest`, one of them",
            );
            return None;
        }
    };
    Refund::new(order, what)
        .map_err(|faults| report(reader, &span, faults))
        .ok()
}

fn refund_lines(
    reader: &mut Reader<'_>,
    node: Node,
    currency: Currency,
) -> Option<Vec<RefundLine>> {
    let What::List(nodes) = node.what else {
        reader.fault(
            &node.span,
            "lines are a list: [\"1\", { line = \"2\", quantity = 1 }]",
        );
        return None;
    };
    let mut lines = Vec::new();
    for node in nodes {
        if !matches!(node.what, What::Table(_)) {
            lines.push(RefundLine {
                line: reader.text(node)?,
                amount: None,
                quantity: None,
            });
            continue;
        }
        let mut fields = reader.fields(node, "a line that came back")?;
        lines.push(RefundLine {
            line: fields.needed(reader, "line")?,
            amount: amount_of(reader, &mut fields, "amount", currency),
            quantity: fields
                .take("quantity")
                .and_then(|node| reader.number(&node, 3)),
        });
        fields.done(reader);
    }
    Some(lines)
}
