//! From JSON to an event of the engine: all faults at once.

use super::channel;
use super::desk;
use super::group;
use super::money as accounts;
use super::opening;
use super::people;
use super::perk;
use super::tier;
use crate::coupon;
use crate::json::{self, At, Fields};
use regulars_base::{Currency, EventKey, MemberId, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{
    Activity, Adjustment, Birthday, ChallengeJoin, CodeAssign, CodeUndo, CodeUse, Donation, Event,
    Fault, Incoming, Kind, LineParts, Moderation, Payment, PaymentBack, PaymentEnd, PlanChoice,
    Play, Purchase, PurchaseParts, Refund, RefundLine, Refunded, RewardEnd, RewardRequest,
    RewardUse, Tickets, Value, Who,
};
use regulars_engine::program::{ActivityRule, FieldType};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// How far ahead of the server's clock an event may lie: a day, for clocks that are set wrong and
/// for time zones that were mixed up.
pub const FUTURE_MICROS: i64 = 24 * 3600 * 1_000_000;

/// The kinds that sources may send.
const KINDS: [&str; 58] = [
    "enrolment",
    "purchase",
    "refund",
    "activity",
    "profile",
    "birthday",
    "moderation",
    "reward_request",
    "reward_commit",
    "reward_cancel",
    "adjustment",
    "opening_balance",
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
    "referral_click",
    "sign_up",
    "fingerprints",
    "referral_review",
    "transfer",
    "code_use",
    "code_undo",
    "code_assign",
    "challenge_join",
    "play",
    "tickets",
    "donation",
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
    "store_credit",
    "gift_card",
    "group_set",
    "group_invite",
    "group_join",
    "group_leave",
    "group_role",
    "group_close",
    "member_hold",
    "member_release",
    "reissue",
    "reissue_undo",
    "reward_gift",
];

/// What is known at the door and not in the event.
pub struct Door<'a> {
    /// What time it is.
    pub now: Timestamp,
    /// What stands for the moment of an event that does not say it.
    pub arrival: Timestamp,
    /// Whether `source` and `id` may be left out: in a preview nothing is kept under them.
    pub preview: bool,
    /// The decimals of points by their id, as the program in force has them.
    pub decimals: &'a dyn Fn(&str) -> Option<u8>,
    /// The program in force: what it declares of activities is looked at where it is known.
    pub program: Option<&'a Program>,
}

/// Reads one event. All that is wrong with it is told, each fault with a pointer below `at`.
pub fn read(raw: &RawValue, at: At<'_>, door: &Door<'_>) -> Result<Incoming, Vec<Fault>> {
    let mut faults = Vec::new();
    let incoming = incoming(raw, at, door, &mut faults);
    match incoming {
        Some(incoming) if faults.is_empty() => Ok(incoming),
        _ => Err(faults),
    }
}

fn incoming(
    raw: &RawValue,
    at: At<'_>,
    door: &Door<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Incoming> {
    let mut fields = Fields::read(raw, at, faults)?;
    let named = fields.required("type", faults)?;
    let named = json::string(named, at.field("type"), faults)?;
    if !KINDS.contains(&named.as_ref()) {
        faults.push(at.field("type").fault(unknown_kind(&named)));
        return None;
    }
    let source = key_part(&mut fields, "source", door, faults);
    let external_id = key_part(&mut fields, "id", door, faults);
    let occurred_at = occurred_at(&mut fields, door, faults);
    let who = who(&mut fields, faults);
    let kind = match named.as_ref() {
        "enrolment" => Some(Kind::Enrolment),
        "purchase" => purchase(&mut fields, faults).map(|it| Kind::Purchase(Box::new(it))),
        "refund" => refund(&mut fields, faults).map(Kind::Refund),
        "activity" => activity(&mut fields, door, faults).map(Kind::Activity),
        "profile" => profile(&mut fields, faults).map(Kind::Profile),
        "birthday" => birthday(&mut fields, faults).map(Kind::Birthday),
        "moderation" => moderation(&mut fields, faults).map(Kind::Moderation),
        "reward_request" => reward_request(&mut fields, external_id.as_ref(), faults),
        "code_use" => code_use(&mut fields, faults),
        "code_undo" => code_undo(&mut fields, faults),
        "code_assign" => {
            coupon::code(&mut fields, faults).map(|code| Kind::CodeAssign(CodeAssign { code }))
        }
        "reward_commit" => reward_end(&mut fields, faults).map(Kind::RewardCommit),
        "reward_cancel" => reward_end(&mut fields, faults).map(Kind::RewardCancel),
        "plan_join" => plan_choice(&mut fields, faults).map(Kind::PlanJoin),
        "plan_change" => plan_choice(&mut fields, faults).map(Kind::PlanChange),
        "plan_pause" => Some(Kind::PlanPause),
        "plan_resume" => Some(Kind::PlanResume),
        "plan_cancel" => Some(Kind::PlanCancel),
        "payment_succeeded" => payment_end(&mut fields, faults).map(Kind::PaymentSucceeded),
        "payment_failed" => payment_end(&mut fields, faults).map(Kind::PaymentFailed),
        "payment_refunded" => payment_back(&mut fields, faults).map(Kind::PaymentRefunded),
        "tier_grant" => tier::grant(&mut fields, faults).map(Kind::TierGrant),
        "tier_revoke" => tier::revoke(&mut fields, faults).map(Kind::TierRevoke),
        "tier_match" => tier::matched(&mut fields, faults).map(Kind::TierMatch),
        named if desk::KINDS.contains(&named) => desk::read(named, &mut fields, faults),
        named if group::KINDS.contains(&named) => group::read(named, &mut fields, door, faults),
        named if people::KINDS.contains(&named) => {
            people::read(named, &mut fields, (door, occurred_at), faults)
        }
        named if channel::KINDS.contains(&named) => channel::read(named, &mut fields, door, faults),
        named if perk::KINDS.contains(&named) => {
            perk::read(named, &mut fields, door.decimals, faults)
        }
        "challenge_join" => fields
            .required_text("challenge", faults)
            .map(|challenge| Kind::ChallengeJoin(ChallengeJoin { challenge })),
        "play" => play(&mut fields, faults),
        "tickets" => tickets(&mut fields, faults),
        "donation" => donation(&mut fields, door, faults),
        named if accounts::KINDS.contains(&named) => {
            accounts::read(named, &mut fields, external_id.as_ref(), faults)
        }
        "opening_balance" => opening::read(&mut fields, door.decimals, faults)
            .map(|it| Kind::OpeningBalance(Box::new(it))),
        _ => adjustment(&mut fields, door, faults).map(Kind::Adjustment),
    };
    fields.finish(faults);
    let kind = kind?;
    let event = Event {
        key: EventKey {
            source: source?,
            external_id: external_id?,
        },
        occurred_at: occurred_at?,
        recorded_at: door.now,
        entropy: [0; 16],
        kind,
    };
    let who = match who? {
        who if event.is_of_house() => {
            if who != Who::OfOrder && who != Who::house() {
                faults.push(at.fault("concerns no member: leave out `member` and `customer`"));
                return None;
            }
            Who::house()
        }
        Who::OfOrder if !matches!(event.kind, Kind::Refund(_)) => {
            faults.push(at.fault("names nobody: give `member` or `customer`"));
            return None;
        }
        who => who,
    };
    Some(Incoming { who, event })
}

fn unknown_kind(named: &str) -> String {
    let shown: String = named.chars().take(40).collect();
    match json::nearest(&shown, &KINDS) {
        Some(kind) => format!("`{shown}` is no kind of event; did you mean `{kind}`?"),
        None => format!(
            "`{shown}` is no kind of event; the kinds are {}",
            KINDS.join(", ")
        ),
    }
}

/// A part of the event's key. In a preview, which keeps nothing, any will do.
fn key_part(
    fields: &mut Fields<'_>,
    name: &'static str,
    door: &Door<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Text> {
    if door.preview && fields.lacks(name) {
        let _ = fields.raw(name);
        return Text::new("preview").ok();
    }
    fields.required_text(name, faults)
}

fn occurred_at(
    fields: &mut Fields<'_>,
    door: &Door<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Timestamp> {
    if fields.lacks("at") {
        let _ = fields.raw("at");
        return Some(door.arrival);
    }
    let moment = fields.moment("at", faults)?;
    if moment > door.now.plus_micros(FUTURE_MICROS) {
        let what = format!(
            "is more than a day ahead of the server's clock ({}); check the sender's clock and \
             time zone",
            door.now
        );
        faults.push(fields.at().field("at").fault(what));
        return None;
    }
    Some(moment)
}

/// Whom it concerns. The inner fault was told already where this is nothing.
pub(crate) fn who(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Who> {
    let at = fields.at();
    let (member, customer) = (fields.raw("member"), fields.raw("customer"));
    match (member, customer) {
        (Some(_), Some(_)) => {
            faults.push(at.fault("names two: give either `member` or `customer`"));
            None
        }
        (Some(raw), None) => {
            let at = at.field("member");
            let written = json::string(raw, at, faults)?;
            match written.parse::<MemberId>() {
                Ok(member) => Some(Who::Member(member)),
                Err(error) => {
                    faults.push(at.fault(error.to_string()));
                    None
                }
            }
        }
        (None, Some(raw)) => {
            let at = at.field("customer");
            let mut fields = Fields::read(raw, at, faults)?;
            let kind = fields.required_text("kind", faults);
            let value = fields.required_text("value", faults);
            fields.finish(faults);
            Some(Who::Identity {
                kind: kind?,
                value: value?,
            })
        }
        (None, None) => Some(Who::OfOrder),
    }
}

/// The currency of the amounts. Where it is unknown, the amounts are still looked at.
pub(crate) fn currency(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Currency> {
    let at = fields.at();
    let code = fields.string("currency", faults)?;
    match Currency::new(&code) {
        Ok(currency) => Some(currency),
        Err(error) => {
            faults.push(at.field("currency").fault(error.to_string()));
            None
        }
    }
}

/// Minor units; 0 stands in where the amount is wrong, which was told.
pub(crate) fn money(
    fields: &mut Fields<'_>,
    name: &'static str,
    currency: Option<Currency>,
    faults: &mut Vec<Fault>,
) -> Option<i64> {
    let at = fields.at();
    let written: Cow<'_, str> = fields.decimal(name, faults)?;
    let currency = currency?;
    match currency.minor(&written) {
        Ok(minor) => Some(minor),
        Err(error) => {
            faults.push(at.field(name).fault(error.to_string()));
            None
        }
    }
}

fn quantity(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<i64> {
    let at = fields.at();
    let written = fields.decimal("quantity", faults)?;
    match json::scaled(&written, 3) {
        Ok(thousandths) => Some(thousandths),
        Err(what) => {
            faults.push(at.field("quantity").fault(what));
            None
        }
    }
}

/// What was bought or sold on, before it is checked.
pub(super) fn parts(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<PurchaseParts> {
    let base = fields.at();
    let before = faults.len();
    if fields.lacks("currency") {
        faults.push(
            base.field("currency")
                .fault("is missing: write it as in EUR"),
        );
    }
    let order = fields.required_text("order", faults);
    let code = currency(fields, faults);
    let total = money(fields, "total", code, faults);
    let delivery = money(fields, "delivery", code, faults).unwrap_or(0);
    let discount = money(fields, "discount", code, faults).unwrap_or(0);
    let lines = lines(fields, code, faults);
    let at = base.field("payments");
    let mut payments = Vec::new();
    let raws = fields.list("payments", 100, faults).unwrap_or_default();
    for (place, raw) in raws.into_iter().enumerate() {
        payments.extend(payment(raw, at.item(place), code, faults));
    }
    let (channel, store, staff) = (
        fields.text_or_empty("channel", faults),
        fields.text_or_empty("store", faults),
        fields.text_or_empty("staff", faults),
    );
    if faults.len() > before {
        return None;
    }
    Some(PurchaseParts {
        codes: Vec::new(),
        order: order?,
        currency: code?,
        total,
        delivery,
        discount,
        lines,
        payments,
        channel,
        store,
        staff,
    })
}

pub(crate) fn purchase(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Purchase> {
    let base = fields.at();
    let before = faults.len();
    let parts = parts(fields, faults);
    let codes = coupon::codes(fields, faults);
    let at = base.field("rewards");
    let raws = fields.list("rewards", Purchase::REWARDS_MAX, faults);
    let order = parts.as_ref().map(|parts| &parts.order);
    let mut rewards = Vec::new();
    for (place, raw) in raws.unwrap_or_default().into_iter().enumerate() {
        rewards.extend(reward_use(raw, at.item(place), order, faults));
    }
    if faults.len() > before {
        return None;
    }
    let parts = PurchaseParts { codes, ..parts? };
    Purchase::new(parts)
        .and_then(|own| own.with_rewards(rewards))
        .map_err(|found| tell(found, base, faults))
        .ok()
}

/// The lines of an order.
pub(crate) fn lines(
    fields: &mut Fields<'_>,
    currency: Option<Currency>,
    faults: &mut Vec<Fault>,
) -> Vec<LineParts> {
    let base = fields.at();
    let at = base.field("lines");
    let raws = fields.list("lines", Purchase::LINES_MAX, faults);
    let mut lines = Vec::with_capacity(raws.as_ref().map_or(0, Vec::len));
    for (place, raw) in raws.unwrap_or_default().into_iter().enumerate() {
        lines.extend(line(raw, at.item(place), currency, faults));
    }
    lines
}

fn line(
    raw: &RawValue,
    at: At<'_>,
    currency: Option<Currency>,
    faults: &mut Vec<Fault>,
) -> Option<LineParts> {
    let mut fields = Fields::read(raw, at, faults)?;
    if fields.lacks("amount") {
        faults.push(
            at.field("amount")
                .fault("is missing: what is paid for the line"),
        );
    }
    let quantity = if fields.has("quantity") {
        quantity(&mut fields, faults)
    } else {
        Some(1000)
    };
    let parts = LineParts {
        id: fields.text_or_empty("id", faults),
        sku: fields.text_or_empty("sku", faults),
        category: fields.text_or_empty("category", faults),
        brand: fields.text_or_empty("brand", faults),
        quantity: quantity.unwrap_or(1000),
        amount: money(&mut fields, "amount", currency, faults).unwrap_or(0),
        discount: money(&mut fields, "discount", currency, faults).unwrap_or(0),
        tax: money(&mut fields, "tax", currency, faults).unwrap_or(0),
    };
    // Asked for here too, so that the list of known fields is complete.
    if quantity == Some(1000) {
        let _ = fields.raw("quantity");
    }
    fields.finish(faults);
    Some(parts)
}

fn payment(
    raw: &RawValue,
    at: At<'_>,
    currency: Option<Currency>,
    faults: &mut Vec<Fault>,
) -> Option<Payment> {
    let mut fields = Fields::read(raw, at, faults)?;
    let method = fields.required_text("method", faults);
    if fields.lacks("amount") {
        faults.push(at.field("amount").fault("is missing"));
    }
    let amount = money(&mut fields, "amount", currency, faults);
    let from = accounts::paid_from(&mut fields, faults);
    fields.finish(faults);
    Some(Payment {
        method: method?,
        amount: amount?,
        from,
    })
}

fn reward_use(
    raw: &RawValue,
    at: At<'_>,
    order: Option<&Text>,
    faults: &mut Vec<Fault>,
) -> Option<RewardUse> {
    let mut fields = Fields::read(raw, at, faults)?;
    let reward = fields.required_text("reward", faults);
    let quantity = positive(&mut fields, faults);
    let said = fields.text("redemption", faults);
    fields.finish(faults);
    let (reward, order) = (reward?, order?);
    let redemption = match said.filter(|said| !said.is_empty()) {
        Some(said) => said,
        None => Text::new(format!("{order}-{reward}"))
            .map_err(|error| faults.push(at.field("redemption").fault(error.to_string())))
            .ok()?,
    };
    Some(RewardUse {
        redemption,
        reward,
        quantity: quantity?,
        told: Vec::new(),
    })
}

fn refund(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Refund> {
    let base = fields.at();
    let before = faults.len();
    let order = fields.required_text("order", faults);
    let code = currency(fields, faults);
    let amount_said = fields.has("amount");
    let amount = money(fields, "amount", code, faults);
    let at = base.field("lines");
    let raws = fields.list("lines", Purchase::LINES_MAX, faults);
    let lines_said = raws.is_some();
    let mut lines = Vec::new();
    let mut line_amounts = false;
    for (place, raw) in raws.unwrap_or_default().into_iter().enumerate() {
        lines.extend(refund_line(
            raw,
            at.item(place),
            code,
            &mut line_amounts,
            faults,
        ));
    }
    if code.is_none() && (amount_said || line_amounts) && faults.len() == before {
        faults.push(
            base.field("currency")
                .fault("is missing: of what currency are the amounts?"),
        );
    }
    if amount_said && lines_said {
        faults.push(base.fault("says both `amount` and `lines`: give one of them"));
    }
    if faults.len() > before {
        return None;
    }
    let what = match amount {
        Some(amount) => Refunded::Amount(amount),
        None if lines_said => Refunded::Lines(lines),
        None => Refunded::Rest,
    };
    Refund::new(order?, what)
        .map_err(|found| tell(found, base, faults))
        .ok()
}

fn refund_line(
    raw: &RawValue,
    at: At<'_>,
    currency: Option<Currency>,
    has_amount: &mut bool,
    faults: &mut Vec<Fault>,
) -> Option<RefundLine> {
    let mut fields = Fields::read(raw, at, faults)?;
    let line = fields.required_text("line", faults);
    *has_amount |= fields.has("amount");
    let amount = money(&mut fields, "amount", currency, faults);
    let quantity = quantity(&mut fields, faults);
    fields.finish(faults);
    Some(RefundLine {
        line: line?,
        amount,
        quantity,
    })
}

fn activity(fields: &mut Fields<'_>, door: &Door<'_>, faults: &mut Vec<Fault>) -> Option<Activity> {
    let name = fields.required_text("name", faults);
    let declared = door.program.zip(name.as_ref());
    let declared = declared.and_then(|(program, name)| program.activity(name.as_str()));
    let before = faults.len();
    let store = fields.text_or_empty("store", faults);
    let base = fields.at();
    let at = base.field("fields");
    let mut values = Vec::new();
    for (name, raw) in fields.pairs("fields", faults).unwrap_or_default() {
        let at = at.field(&name);
        let value = match raw.get().as_bytes().first() {
            Some(b't') => Some(Value::Bool(true)),
            Some(b'f') => Some(Value::Bool(false)),
            Some(b'"') if is_writing(declared, &name) => {
                let written = json::string(raw, at, faults);
                written
                    .map(|text| Value::Int(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)))
            }
            Some(b'"') => json::text(raw, at, faults).map(Value::Text),
            _ => match raw.get().parse() {
                Ok(number) => Some(Value::Int(number)),
                Err(_) => decimal(raw, at, faults),
            },
        };
        match (Text::new(&name), value) {
            (Ok(name), Some(value)) => values.push((name, value)),
            (Err(error), _) => faults.push(at.fault(format!("its name {error}"))),
            (Ok(_), None) => {}
        }
    }
    // In one order, however they were sent: the same content has the same hash.
    values.sort_by(|a, b| a.0.cmp(&b.0));
    let activity = Activity {
        name: name?,
        store,
        fields: values,
    };
    if let Some((rule, program)) = declared.zip(door.program)
        && faults.len() == before
    {
        tell(rule.faults(&activity, program.currency), base, faults);
    }
    Some(activity)
}

/// Whether only the number of characters of a field is kept.
fn is_writing(declared: Option<&ActivityRule>, name: &str) -> bool {
    let fields = declared.map_or(&[][..], |rule| &rule.fields);
    fields
        .iter()
        .any(|(own, kind)| own == name && *kind == FieldType::Writing)
}

/// A number with decimals, as text in one form: `4.50` is `4.5`.
fn decimal(raw: &RawValue, at: At<'_>, faults: &mut Vec<Fault>) -> Option<Value> {
    let number = raw
        .get()
        .starts_with(|first: char| first == '-' || first.is_ascii_digit());
    if !number {
        let what = "is neither true or false, nor a number, nor a text";
        faults.push(at.fault(what));
        return None;
    }
    let written = json::decimal(raw, at, faults)?;
    match json::scaled(&written, 6) {
        Ok(scaled) => {
            let shown = json::unscaled(scaled, 6);
            let shown = shown.trim_end_matches('0').trim_end_matches('.');
            Text::new(shown).ok().map(Value::Text)
        }
        Err(what) => {
            faults.push(at.fault(what));
            None
        }
    }
}

fn profile(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Vec<Text>> {
    let base = fields.at();
    let at = base.field("fields");
    if fields.lacks("fields") {
        faults.push(at.fault("is missing: the ids of the fields that are filled"));
    }
    let raws = fields.list("fields", 100, faults)?;
    let texts = raws.into_iter().enumerate();
    let texts = texts.map(|(place, raw)| json::text(raw, at.item(place), faults));
    let texts: Vec<Option<Text>> = texts.collect();
    texts.into_iter().collect()
}

fn birthday(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Birthday> {
    let base = fields.at();
    let mut whole = |name: &'static str| {
        if fields.lacks(name) {
            faults.push(base.field(name).fault("is missing: a whole number"));
        }
        fields.integer(name, faults)
    };
    let (month, day) = (whole("month"), whole("day"));
    match Birthday::new(month?, day?) {
        Ok(birthday) => Some(birthday),
        Err(fault) => {
            tell(vec![fault], base, faults);
            None
        }
    }
}

fn moderation(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Moderation> {
    let base = fields.at();
    let submission = fields.required_text("submission", faults);
    if fields.lacks("approved") {
        let what = "is missing: true to approve, false to reject";
        faults.push(base.field("approved").fault(what));
    }
    let approved = fields.boolean("approved", faults);
    let reason = fields.text_or_empty("reason", faults);
    if approved == Some(false) && reason.is_empty() {
        let what = "is missing: say why it is rejected";
        faults.push(base.field("reason").fault(what));
    }
    let by = fields.text_or_empty("by", faults);
    Some(Moderation {
        submission: submission?,
        approved: approved?,
        reason,
        by,
    })
}

fn reward_request(
    fields: &mut Fields<'_>,
    external_id: Option<&Text>,
    faults: &mut Vec<Fault>,
) -> Option<Kind> {
    let redemption = if fields.has("redemption") {
        fields.required_text("redemption", faults)
    } else {
        let _ = fields.raw("redemption");
        external_id.cloned()
    };
    let reward = fields.required_text("reward", faults);
    let quantity = positive(fields, faults);
    let order = fields
        .text("order", faults)
        .filter(|order| !order.is_empty());
    let commit = fields.boolean("commit", faults).unwrap_or(false);
    Some(Kind::RewardRequest(RewardRequest {
        redemption: redemption?,
        reward: reward?,
        quantity: quantity?,
        order,
        commit,
    }))
}

/// A quantity of rewards: 1 if not said.
pub(crate) fn positive(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<i64> {
    let base = fields.at();
    let at = base.field("quantity");
    if fields.lacks("quantity") {
        let _ = fields.raw("quantity");
        return Some(1);
    }
    let quantity = fields.integer("quantity", faults)?;
    if (1..=1_000_000).contains(&quantity) {
        return Some(quantity);
    }
    faults.push(at.fault("must be 1 or more, and at most a million"));
    None
}

fn code_use(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let code = coupon::code(fields, faults);
    let order = fields
        .text("order", faults)
        .filter(|order| !order.is_empty());
    Some(Kind::CodeUse(CodeUse { code: code?, order }))
}

fn code_undo(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let code = coupon::code(fields, faults);
    let order = fields
        .text("order", faults)
        .filter(|order| !order.is_empty());
    let reason = fields.required_text("reason", faults);
    Some(Kind::CodeUndo(CodeUndo {
        code: code?,
        order,
        reason: reason?,
    }))
}

fn play(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let game = fields.required_text("game", faults);
    let nonce = fields.text("nonce", faults).unwrap_or_default();
    Some(Kind::Play(Play { game: game?, nonce }))
}

fn tickets(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let draw = fields.required_text("draw", faults);
    let quantity = positive(fields, faults);
    Some(Kind::Tickets(Tickets {
        draw: draw?,
        quantity: quantity?,
    }))
}

fn donation(fields: &mut Fields<'_>, door: &Door<'_>, faults: &mut Vec<Fault>) -> Option<Kind> {
    let cause = fields.required_text("cause", faults);
    let points = fields.required_text("points", faults);
    let decimals = points.as_ref().and_then(|it| (door.decimals)(it.as_str()));
    let at = fields.at();
    let amount = points_amount(fields, decimals.unwrap_or(0), faults);
    if amount.is_some_and(|amount| amount < 0) {
        faults.push(at.field("amount").fault("must be above 0"));
        return None;
    }
    Some(Kind::Donation(Donation {
        cause: cause?,
        points: points?,
        amount: amount?,
    }))
}

fn reward_end(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<RewardEnd> {
    let redemption = fields.required_text("redemption", faults);
    let order = fields
        .text("order", faults)
        .filter(|order| !order.is_empty());
    Some(RewardEnd {
        redemption: redemption?,
        order,
    })
}

fn plan_choice(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<PlanChoice> {
    let plan = fields.required_text("plan", faults)?;
    Some(PlanChoice { plan })
}

/// The number of an invoice.
fn invoice(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<u32> {
    let base = fields.at();
    let at = base.field("invoice");
    if fields.lacks("invoice") {
        faults.push(at.fault("is missing: the number of an invoice"));
    }
    let number = fields.integer("invoice", faults)?;
    let read = u32::try_from(number).ok().filter(|number| *number > 0);
    if read.is_none() {
        faults.push(at.fault("is no number of an invoice: these count from 1"));
    }
    read
}

fn payment_end(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<PaymentEnd> {
    let base = fields.at();
    let at = base.field("attempt");
    let invoice = invoice(fields, faults);
    let attempt = match fields.has("attempt") {
        true => fields.integer("attempt", faults),
        false => None,
    };
    let read = attempt.and_then(|attempt| u16::try_from(attempt).ok());
    if attempt.is_some() && read.is_none() {
        faults.push(at.fault("is no number of an attempt: these count from 1"));
    }
    let reference = fields.text_or_empty("reference", faults);
    let reason = fields.text_or_empty("reason", faults);
    Some(PaymentEnd {
        invoice: invoice?,
        attempt: read,
        reference,
        reason,
    })
}

fn payment_back(fields: &mut Fields<'_>, faults: &mut Vec<Fault>) -> Option<PaymentBack> {
    let base = fields.at();
    let invoice = invoice(fields, faults);
    let asked = fields.has("amount");
    if asked && fields.lacks("currency") {
        let what = "is missing: write it as in EUR";
        faults.push(base.field("currency").fault(what));
    }
    let code = currency(fields, faults);
    let amount = money(fields, "amount", code, faults);
    if amount.is_some_and(|amount| amount <= 0) {
        let what = "must be above zero: it says what went back";
        faults.push(base.field("amount").fault(what));
    }
    let reference = fields.text_or_empty("reference", faults);
    Some(PaymentBack {
        invoice: invoice?,
        amount: match asked {
            true => Some(amount?),
            false => None,
        },
        reference,
    })
}

fn adjustment(
    fields: &mut Fields<'_>,
    door: &Door<'_>,
    faults: &mut Vec<Fault>,
) -> Option<Adjustment> {
    let points = fields.required_text("points", faults);
    let decimals = points
        .as_ref()
        .and_then(|points| (door.decimals)(points.as_str()));
    let amount = points_amount(fields, decimals.unwrap_or(0), faults);
    let reason = fields.required_text("reason", faults);
    let by = fields.text_or_empty("by", faults);
    Some(Adjustment {
        points: points?,
        amount: amount?,
        reason: reason?,
        by,
    })
}

/// So many points, in their smallest unit; not 0.
pub(crate) fn points_amount(
    fields: &mut Fields<'_>,
    decimals: u8,
    faults: &mut Vec<Fault>,
) -> Option<i64> {
    /// More points than this are a slip of the finger, and sums stay far below the range of `i64`.
    const MOST: i64 = 1_000_000_000_000;
    let base = fields.at();
    let at = base.field("amount");
    if fields.lacks("amount") {
        faults.push(at.fault("is missing: how many points"));
    }
    let written = fields.decimal("amount", faults)?;
    let read = json::scaled(&written, decimals);
    let what = match read {
        Ok(0) => "must not be 0".to_owned(),
        Ok(units) if units.abs() <= MOST => return Some(units),
        Ok(_) => "is beyond the range of adjustments (10^12 of the smallest unit)".to_owned(),
        Err(what) => what,
    };
    faults.push(at.fault(what));
    None
}

/// Faults that the engine found, put where the object stands.
pub(super) fn tell(found: Vec<Fault>, at: At<'_>, faults: &mut Vec<Fault>) {
    let base = at.to_string();
    faults.extend(
        found
            .into_iter()
            .map(|fault| Fault::new(format!("{base}{}", fault.at), fault.what)),
    );
}
