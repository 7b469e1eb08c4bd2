//! Entries of members' ledgers as Square's loyalty events. One entry may be several of them: a purchase
//! with a promotion, points that lapsed before it, a reward that it used.

use super::body::{Body, bad_cursor};
use super::fault::wrong;
use super::{Loyalty, account_ref, accounts, page_of, promotions, rewards, source};
use crate::auth::{Key, Read};
use crate::failure::Failure;
use crate::state::Server;
use axum::Json;
use axum::extract::State;
use regulars_api::square::{Accumulated, Adjusted, Event, PointsOf, Promoted, RewardMoved};
use regulars_app::{App, Error, Explained, MemberRef, PageAsk};
use regulars_base::{EventKey, MemberId, Name, TenantId, Text, Timestamp};
use regulars_engine::event::Kind;
use regulars_engine::outcome::{Change, Note};
use regulars_ledger::{Account, Posting};
use serde_json::{Value, json};

/// The keys of points that were accumulated begin so.
pub(super) const ACCUMULATE: &str = "accumulate";
/// The reason of points that somebody reckoned, before the location.
pub(super) const ACCUMULATED_AT: &str = "accumulated at";
/// So many members are looked at for one page.
const LOOKED_AT: usize = 200;
const TYPES: [&str; 8] = [
    "ACCUMULATE_POINTS",
    "CREATE_REWARD",
    "REDEEM_REWARD",
    "DELETE_REWARD",
    "ADJUST_POINTS",
    "EXPIRE_POINTS",
    "OTHER",
    "ACCUMULATE_PROMOTION_POINTS",
];

/// The events of an entry, by the key of what happened.
pub(super) async fn of_key(
    server: &Server,
    loyalty: &Loyalty,
    key: EventKey,
) -> Result<Vec<Event>, Failure> {
    let tenant = loyalty.tenant;
    let entry = server.call(move |app| app.event(tenant, &key)).await?;
    Ok(of_entry(loyalty, &entry))
}

/// What moved of the loyalty points in an entry, by where it came from or went.
#[derive(Default)]
struct Moves {
    expired: i64,
    /// Out of what was set aside or spent, back into the wallet.
    back: i64,
    /// Everything else: what came in, less what was taken.
    rest: i64,
}

impl Moves {
    fn of(entry: &Explained, points: Name) -> Self {
        let mut moves = Self::default();
        for posting in entry.postings().filter(|own| own.points == points) {
            let Posting {
                from, to, amount, ..
            } = *posting;
            let own = |account| matches!(account, Account::Wallet | Account::Debt);
            let away = |account| matches!(account, Account::Held | Account::Redeemed);
            match (from, to) {
                (from, Account::Expired) if own(from) => moves.expired += amount,
                (from, to) if own(from) && own(to) => {}
                (from, to) if away(from) && own(to) => moves.back += amount,
                (from, to) if own(from) && away(to) => moves.rest -= amount,
                (_, to) if own(to) => moves.rest += amount,
                (from, _) if own(from) => moves.rest -= amount,
                _ => {}
            }
        }
        moves
    }
}

/// An entry as events, in the order in which they happened.
fn of_entry(loyalty: &Loyalty, entry: &Explained) -> Vec<Event> {
    let mut told = Told {
        loyalty,
        entry,
        events: Vec::new(),
    };
    let points = loyalty.points().name;
    let mut moves = Moves::of(entry, points);
    if moves.expired > 0 {
        told.points("EXPIRE_POINTS", moves.expired);
    }
    for change in &entry.changes {
        match change {
            Change::RedemptionMade(made) => {
                let cost = made.spent.iter().filter(|own| own.paid.points == points);
                let cost: i64 = cost.map(|own| own.paid.amount).sum();
                let order = made.order.as_ref().map(|own| own.order.to_string());
                moves.rest += cost;
                told.reward("CREATE_REWARD", made.id.as_str(), Some(-cost), None);
                if matches!(
                    made.stage,
                    regulars_engine::state::RedemptionStage::Committed(_)
                ) {
                    told.reward("REDEEM_REWARD", made.id.as_str(), None, order);
                }
            }
            Change::RedemptionCommitted { id, order, .. } => {
                let order = order.as_ref().map(|own| own.order.to_string());
                told.reward("REDEEM_REWARD", id.as_str(), None, order);
            }
            Change::RedemptionGone { id } if is_given_back(entry, id) => {
                // Several that lapse in one moment are told with the first.
                let back = std::mem::take(&mut moves.back);
                told.reward("DELETE_REWARD", id.as_str(), Some(back), None);
            }
            _ => {}
        }
    }
    told.by_kind(moves.rest + moves.back);
    told.events
}

/// Whether a redemption that is gone was given back, and not only forgotten.
fn is_given_back(entry: &Explained, id: &Text) -> bool {
    let by_hand = matches!(&entry.event.kind, Kind::RewardCancel(end) if end.redemption == *id);
    let lapsed =
        |postings: &Posting| postings.from == Account::Held && postings.to != Account::Redeemed;
    by_hand || entry.postings().any(lapsed)
}

struct Told<'e> {
    loyalty: &'e Loyalty,
    entry: &'e Explained,
    events: Vec<Event>,
}

impl Told<'_> {
    fn event(&self, kind: &'static str) -> Event {
        // The entry's own hash, and which event of it.
        let hash: String = self.entry.hash.chars().take(30).collect();
        let (store, said) = match &self.entry.event.kind {
            Kind::Purchase(bought) => (Some(bought.store.as_str()), None),
            Kind::Activity(done) => (Some(done.store.as_str()), None),
            Kind::Adjustment(own) => (None, self.accumulated().then_some(own.reason.as_str())),
            _ => (None, None),
        };
        let at = said.and_then(|said| said.strip_prefix(ACCUMULATED_AT));
        let at = at.map(str::trim).or(store).filter(|at| !at.is_empty());
        Event {
            id: format!("evt_{hash}{:02x}", self.events.len()),
            kind,
            created_at: self.entry.event.recorded_at.to_string(),
            loyalty_account_id: self.entry.member.to_string(),
            location_id: at.map(str::to_owned),
            source: "LOYALTY_API",
            ..Event::default()
        }
    }

    /// Whether points were given by hand because somebody reckoned them for a purchase.
    fn accumulated(&self) -> bool {
        let key = &self.entry.event.key;
        let id = key.external_id.as_str();
        key.source == source()
            && id
                .strip_prefix(ACCUMULATE)
                .is_some_and(|id| id.starts_with('-'))
    }

    fn points(&mut self, kind: &'static str, units: i64) {
        let mut event = self.event(kind);
        let moved = PointsOf {
            loyalty_program_id: self.loyalty.id(),
            points: self.loyalty.whole(units),
        };
        match kind {
            "EXPIRE_POINTS" => event.expire_points = Some(moved),
            _ => event.other_event = Some(moved),
        }
        self.events.push(event);
    }

    fn reward(
        &mut self,
        kind: &'static str,
        redemption: &str,
        units: Option<i64>,
        order_id: Option<String>,
    ) {
        let mut event = self.event(kind);
        let moved = RewardMoved {
            loyalty_program_id: self.loyalty.id(),
            reward_id: rewards::reward_id(self.entry.member, redemption),
            points: units.map(|units| self.loyalty.whole(units)),
            order_id,
        };
        match kind {
            "CREATE_REWARD" => event.create_reward = Some(moved),
            "REDEEM_REWARD" => event.redeem_reward = Some(moved),
            _ => event.delete_reward = Some(moved),
        }
        self.events.push(event);
    }

    /// What came in or was taken otherwise, by what happened.
    fn by_kind(&mut self, rest: i64) {
        match &self.entry.event.kind {
            Kind::Purchase(bought) => {
                let order = Some(bought.order.to_string());
                let promoted = self.promoted();
                let by_promotion: i64 = promoted.iter().map(|(_, given)| given).sum();
                self.accumulate(rest - by_promotion, order.clone());
                for (rule, units) in promoted {
                    let mut event = self.event("ACCUMULATE_PROMOTION_POINTS");
                    event.accumulate_promotion_points = Some(Promoted {
                        loyalty_program_id: self.loyalty.id(),
                        loyalty_promotion_id: rule,
                        points: self.loyalty.whole(units),
                        order_id: order.clone(),
                    });
                    self.events.push(event);
                }
            }
            Kind::Adjustment(_) if self.accumulated() => self.accumulate(rest, None),
            Kind::Adjustment(own) if rest != 0 => {
                let mut event = self.event("ADJUST_POINTS");
                event.adjust_points = Some(Adjusted {
                    loyalty_program_id: self.loyalty.id(),
                    points: self.loyalty.whole(rest),
                    reason: Some(own.reason.to_string()),
                });
                self.events.push(event);
            }
            _ if rest != 0 => self.points("OTHER", rest),
            _ => {}
        }
    }

    fn accumulate(&mut self, units: i64, order_id: Option<String>) {
        if units == 0 {
            return;
        }
        let mut event = self.event("ACCUMULATE_POINTS");
        event.accumulate_points = Some(Accumulated {
            loyalty_program_id: self.loyalty.id(),
            points: self.loyalty.whole(units),
            order_id,
        });
        self.events.push(event);
    }

    /// What each promotion gave, by the program version that decided.
    fn promoted(&self) -> Vec<(String, i64)> {
        let (program, ours) = (&self.entry.program, self.loyalty.points().name);
        let notes = self.entry.trace.iter().filter_map(|note| match note {
            Note::Gave {
                rule,
                points,
                given,
                ..
            } if *points == ours && *given > 0 => {
                let rule = program.rules.get(usize::from(*rule))?;
                promotions::incentive(self.loyalty, rule)?;
                Some((rule.id.clone(), *given))
            }
            _ => None,
        });
        notes.collect()
    }
}

/// A walk over what accounts have, in pages: of one account, or of all, by their ids.
pub(super) struct Walk {
    only: Option<MemberRef>,
    /// Where it goes on: at this account, with so many of its oldest still to come.
    from: Option<(MemberId, usize)>,
    limit: usize,
}

impl Walk {
    pub(super) fn of(body: &Body, only: Option<MemberRef>) -> Result<Self, Failure> {
        let read = |cursor: String| {
            let (member, left) = cursor.split_once('/')?;
            Some((member.parse().ok()?, left.parse().ok()?))
        };
        let from = match body.cursor()? {
            None => None,
            Some(cursor) => Some(read(cursor).ok_or_else(bad_cursor)?),
        };
        let limit = body.limit()?;
        Ok(Self { only, from, limit })
    }

    /// A page of what `each` says of accounts, newest first for each of them.
    pub(super) fn go<T>(
        &self,
        app: &App,
        tenant: TenantId,
        each: &mut dyn FnMut(MemberId) -> Result<Vec<T>, Error>,
    ) -> Result<(Vec<T>, Option<String>), Error> {
        let mut found = Vec::new();
        let mut next = match (&self.only, self.from) {
            (Some(who), from) => {
                let id = app.member(tenant, who)?.id;
                let left = from.filter(|(at, _)| *at == id).map(|(_, left)| left);
                let (page, left) = page_of(each(id)?, left, self.limit);
                return Ok((page, left.map(|left| format!("{id}/{left}"))));
            }
            (None, from) => from,
        };
        let mut after = None;
        for _ in 0..LOOKED_AT {
            let (id, left) = match next.take() {
                Some((id, left)) => (id, Some(left)),
                None => {
                    let ask = PageAsk { after, limit: 1 };
                    match app.members(tenant, &ask)?.items.first() {
                        Some(member) => (member.id, None),
                        None => return Ok((found, None)),
                    }
                }
            };
            let (page, left) = page_of(each(id)?, left, self.limit - found.len());
            found.extend(page);
            if let Some(left) = left {
                return Ok((found, Some(format!("{id}/{left}"))));
            }
            if found.len() == self.limit {
                // None of this one is left: the next page begins behind it.
                return Ok((found, Some(format!("{id}/0"))));
            }
            after = Some(id.to_string());
        }
        Ok((found, after.map(|id| format!("{id}/0"))))
    }
}

/// What is asked of events.
struct Wanted {
    types: Option<Vec<Text>>,
    locations: Option<Vec<Text>>,
    order: Option<Text>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Wanted {
    fn of(body: &Body) -> Result<Self, Failure> {
        let field = "query.filter.type_filter.types";
        let types = body.texts(field, TYPES.len())?;
        let mut named = types.iter().flatten();
        if let Some(text) = named.find(|own| !TYPES.contains(&own.as_str())) {
            let detail = format!("`{text}` is no type; they are {}", TYPES.join(", "));
            return Err(wrong("INVALID_ENUM_VALUE", field, detail));
        }
        let created = "query.filter.date_time_filter.created_at";
        Ok(Self {
            types,
            locations: body.texts("query.filter.location_filter.location_ids", 100)?,
            order: body.maybe_text("query.filter.order_filter.order_id")?,
            from: body.moment(&format!("{created}.start_at"))?,
            until: body.moment(&format!("{created}.end_at"))?,
        })
    }

    /// Whether an entry can have such events at all.
    fn is_near(&self, entry: &Explained) -> bool {
        let at = entry.event.recorded_at;
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }

    fn is(&self, event: &Event) -> bool {
        let has = |all: &Option<Vec<Text>>, own: &str| {
            let all = all.as_ref();
            all.is_none_or(|all| all.iter().any(|one| one.as_str() == own))
        };
        let order = || {
            let accumulated = event
                .accumulate_points
                .as_ref()
                .and_then(|own| own.order_id.as_ref());
            let promoted = event.accumulate_promotion_points.as_ref();
            let promoted = promoted.and_then(|own| own.order_id.as_ref());
            let redeemed = event
                .redeem_reward
                .as_ref()
                .and_then(|own| own.order_id.as_ref());
            accumulated.or(promoted).or(redeemed)
        };
        has(&self.types, event.kind)
            && has(&self.locations, event.location_id.as_deref().unwrap_or(""))
            && self
                .order
                .as_ref()
                .is_none_or(|wanted| order().is_some_and(|own| own == wanted.as_str()))
    }
}

/// Search loyalty events, in Square's shape
///
/// Of one account, or of an order of the source `square`, the newest first; of all, account by account.
#[utoipa::path(post, path = "/compat/square/v2/loyalty/events/search", responses((status = 200, description = "A page of them")))]
pub(super) async fn square_search_events(
    State(server): State<Server>,
    key: Key<Read>,
    body: Body,
) -> Result<Json<Value>, Failure> {
    let loyalty = Loyalty::of(&server, key.tenant).await?;
    let account = body.maybe_text("query.filter.loyalty_account_filter.loyalty_account_id")?;
    let account = account.map(|id| account_ref(id.as_str())).transpose()?;
    let (tenant, wanted) = (key.tenant, Wanted::of(&body)?);
    let account = match (account, wanted.order.clone()) {
        (None, Some(order)) => {
            let placed = server.call(move |app| app.placed_by(tenant, &source(), &order));
            match placed.await? {
                Some(member) => Some(MemberRef::Id(member)),
                None => return Ok(Json(json!({}))),
            }
        }
        (account, _) => account,
    };
    let walk = Walk::of(&body, account)?;
    let shown = server.call(move |app| {
        walk.go(app, tenant, &mut |member| {
            events_of(app, &loyalty, member, &wanted)
        })
    });
    let (events, next) = shown.await.map_err(accounts::of_cursor)?;
    let mut out = json!({});
    if !events.is_empty() {
        out["events"] = json!(events);
    }
    if let Some(next) = next {
        out["cursor"] = crate::view::cursor(&next).into();
    }
    Ok(Json(out))
}

/// The events of a member that are wanted, the newest first.
fn events_of(
    app: &App,
    loyalty: &Loyalty,
    member: MemberId,
    wanted: &Wanted,
) -> Result<Vec<Event>, Error> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let ask = PageAsk { after, limit: 1000 };
        let page = app.explain(loyalty.tenant, &MemberRef::Id(member), &ask)?;
        for entry in page.items.iter().filter(|entry| wanted.is_near(entry)) {
            let of_entry = of_entry(loyalty, entry).into_iter().rev();
            found.extend(of_entry.filter(|event| wanted.is(event)));
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
