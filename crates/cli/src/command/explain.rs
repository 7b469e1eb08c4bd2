//! `regulars explain`: why a member has what they have, entry by entry and lot by lot.

use crate::Answer;
use crate::flags::{Open, Shop};
use crate::member;
use crate::moment;
use crate::print::{Print, Style, Table, counted};
use clap::Args;
use regulars_app::{Balance, Balances, Explained, Member, MemberRef, PageAsk};
use regulars_base::{Name, Text, Timestamp};
use regulars_engine::Program;
use regulars_engine::event::{Contest, FulfilMove, Kind, PerkEvent, TeamNews};
use regulars_engine::origin::{Origins, Piece};
use regulars_engine::outcome::Verdict;
use regulars_engine::program::words;
use regulars_ledger::Account;
use regulars_server::view;

/// Say why a member has what they have: every entry with its reasons, and where each point came from
#[derive(Args)]
pub(crate) struct Explain {
    /// The member: id (mem_…), customer number, e-mail address, or any identity as in
    /// card:4711.
    member: String,
    /// Show only so many of the newest entries. (Where the points came from is always worked out
    /// from all of them.)
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// Show also the rules that gave nothing, and why.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    shop: Shop,
}

pub(crate) fn run(ask: &Explain, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let member = member::find(&open.app, open.id(), &ask.member)?;
    let entries = entries(&open, &member)?;
    let balances = open
        .app
        .balances(open.id(), &MemberRef::Id(member.id), None)?;
    let shown = ask.last.unwrap_or(usize::MAX).min(entries.len());
    let first = entries.len() - shown;
    let mut origins = Origins::default();
    for entry in &entries {
        origins.follow(&entry.event, &entry.changes);
    }
    if print.json {
        json(&entries, first, &balances, &origins, print)?;
        return Ok(Answer::Yes);
    }
    print.line(heading(&member, &balances, entries.len(), print));
    if first > 0 {
        print.line(print.style(
            Style::Faint,
            format!("… {} before", counted(first as u64, "entry")),
        ));
    }
    let (table, booked) = timeline(&entries, first, ask.all, &balances);
    print.table(&table);
    for balance in &balances.points {
        print.line("");
        totals(balance, &balances, &entries, &origins, print);
        if let Some(line) = lapsed(balance, &balances, &booked) {
            print.line(line);
        }
    }
    Ok(Answer::Yes)
}

/// All entries of a member, the oldest first.
fn entries(open: &Open, member: &Member) -> anyhow::Result<Vec<Explained>> {
    let who = MemberRef::Id(member.id);
    let mut entries = Vec::new();
    let mut ask = PageAsk {
        after: None,
        limit: 1000,
    };
    loop {
        let page = open.app.explain(open.id(), &who, &ask)?;
        entries.extend(page.items);
        if page.next.is_none() {
            break;
        }
        ask.after = page.next;
    }
    entries.reverse();
    Ok(entries)
}

fn heading(member: &Member, balances: &Balances, entries: usize, print: &Print) -> String {
    let zone = &balances.program.zone;
    let since = match member.enrolled_at {
        Some(at) => format!("member since {}", zone.day(at)),
        None => "not a member yet".to_owned(),
    };
    let beside = format!(
        "{}, {since}, {}",
        member.id,
        counted(entries as u64, "entry")
    );
    format!(
        "{}  {}",
        print.style(Style::Bold, member::called(member)),
        print.style(Style::Faint, beside)
    )
}

/// One row for each entry: when, what, what moved, what there was then, and why; and what there is
/// by the last entry.
fn timeline(
    entries: &[Explained],
    first: usize,
    all: bool,
    balances: &Balances,
) -> (Table, Vec<(Name, i64)>) {
    let mut table = Table::new(&["WHEN", "WHAT", ">POINTS", ">THEN", "WHY"]);
    let mut owned: Vec<(Name, i64)> = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let (mut moved, mut then) = (Vec::new(), Vec::new());
        for points in &entry.points {
            let sum = sum_of(&mut owned, points.points);
            *sum += points.change;
            if points.change != 0 {
                moved.push(signed(&entry.program, points.points, points.change));
                then.push(number(&entry.program, points.points, *sum));
            }
        }
        if at < first {
            continue;
        }
        table.row(vec![
            moment::shown(entry.event.occurred_at, &balances.program.zone),
            what(entry),
            moved.join("\n"),
            then.join("\n"),
            why(entry, all).join("\n"),
        ]);
    }
    (table, owned)
}

fn sum_of(owned: &mut Vec<(Name, i64)>, points: Name) -> &mut i64 {
    let at = match owned.iter().position(|(name, _)| *name == points) {
        Some(at) => at,
        None => {
            owned.push((points, 0));
            owned.len() - 1
        }
    };
    &mut owned[at].1
}

/// What happened, in a few words.
fn what(entry: &Explained) -> String {
    let program = &entry.program;
    match &entry.event.kind {
        Kind::Enrolment => "joined".to_owned(),
        Kind::Purchase(purchase) => {
            format!(
                "order {}, {}",
                purchase.order,
                words::money(program, purchase.total)
            )
        }
        Kind::Refund(refund) => format!("refund of order {}", refund.order),
        Kind::Activity(activity) => activity.name.to_string(),
        Kind::RewardRequest(request) => format!("redeemed {}", request.reward),
        Kind::RewardCommit(end) => format!("used redemption {}", end.redemption),
        Kind::RewardCancel(end) => format!("gave back redemption {}", end.redemption),
        Kind::Adjustment(adjustment) => format!("by hand: {}", adjustment.reason),
        Kind::OpeningBalance(balance) => format!("taken over from {}", balance.from),
        Kind::TierGrant(grant) => format!("tier {} by hand: {}", grant.tier, grant.reason),
        Kind::TierRevoke(revoke) => format!("tier taken away: {}", revoke.reason),
        Kind::TierMatch(matched) => format!(
            "{} of {} taken over: {}",
            matched.tier, matched.program, matched.proof
        ),
        Kind::Profile(fields) => {
            let fields: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
            format!("filled {}", fields.join(", "))
        }
        Kind::Birthday(birthday) => {
            format!(
                "said their birthday: {:02}-{:02}",
                birthday.month, birthday.day
            )
        }
        Kind::Moderation(looked) => {
            let word = if looked.approved {
                "approved"
            } else {
                "rejected"
            };
            format!("{word} {}: {}", looked.submission, looked.reason)
        }
        Kind::Approved(approved) => format!("{}, approved", approved.activity.name),
        Kind::Tick => "time passed".to_owned(),
        Kind::PlanJoin(choice) => format!("joined plan {}", choice.plan),
        Kind::PlanChange(choice) => format!("changed to plan {}", choice.plan),
        Kind::PlanPause => "paused the plan".to_owned(),
        Kind::PlanResume => "resumed the plan".to_owned(),
        Kind::PlanCancel => "cancelled the plan".to_owned(),
        Kind::PaymentSucceeded(end) => format!("paid invoice {}", end.invoice),
        Kind::PaymentFailed(end) => match end.reason.as_str() {
            "" => format!("payment of invoice {} failed", end.invoice),
            why => format!("payment of invoice {} failed: {why}", end.invoice),
        },
        Kind::PaymentRefunded(back) => format!("paid back of invoice {}", back.invoice),
        Kind::MergeOut(merge) => format!("merged into {}", merge.into),
        Kind::MergeIn(merge) => format!("took over {}", merge.from),
        Kind::ReferralClick => "their link was followed".to_owned(),
        Kind::SignUp(_) => "joined by a link".to_owned(),
        Kind::Fingerprints(_) => "is recognised by a device, an address or a card".to_owned(),
        Kind::ReferralReview(it) => format!("referral looked at by {}: {}", it.by, it.reason),
        Kind::FriendNews(it) => format!("news of {}, whom they sent", it.friend),
        Kind::RingQuestion(it) => format!("asked whether {} sent them", it.friend),
        Kind::ReferralAnswer(_) => "answer of who sent them".to_owned(),
        Kind::ReferralMoved(_) => "took over referrals".to_owned(),
        Kind::TransferOut(it) => format!("sent points to {}", it.to),
        Kind::TransferIn(it) => format!("points from {}", it.from),
        Kind::TransferBack(it) => format!("points back from {}", it.from),
        Kind::CodeUse(used) => format!("used code {}", used.code),
        Kind::CodeUndo(undo) => format!("got code {} back: {}", undo.code, undo.reason),
        Kind::CodeAssign(assign) => format!("received code {}", assign.code),
        Kind::CodeTransfer(transfer) => {
            format!("handed code {} on to {}", transfer.code, transfer.into)
        }
        Kind::Changeover(_) => "another version of the program took over".to_owned(),
        Kind::ChallengeJoin(join) => format!("joined challenge {}", join.challenge),
        Kind::TeamNews(news) => match **news {
            TeamNews::Effort { by, .. } if by < 0 => {
                "something came back of their team's".to_owned()
            }
            TeamNews::Effort { .. } => "did something for their team".to_owned(),
            TeamNews::Reached { .. } => "their team reached its goal".to_owned(),
            TeamNews::Undone { .. } => "their team lost its goal again".to_owned(),
        },
        Kind::Play(play) => format!("played {}", play.game),
        Kind::Tickets(tickets) => format!("{} tickets of {}", tickets.quantity, tickets.draw),
        Kind::Donation(donation) => format!("gave to {}", donation.cause),
        Kind::Placed(placed) => {
            let (Contest::Leaderboard(id) | Contest::Draw(id)) = &placed.contest;
            format!("place {} of {id}", placed.place)
        }
        Kind::PartnerPost(post) => format!("booked with {}: {}", post.partner, post.reason),
        Kind::StoreCredit(credit) => format!("store credit: {}", credit.reason),
        Kind::GiftCard(what) => format!("gift card: {}", what.word()),
        Kind::GiftCardUsed(used) => format!("paid for order {}", used.order.order),
        Kind::GiftCardReturned(back) => format!("order {} came back", back.order.order),
        Kind::MoneyIn(moved) => format!("money from gift card {}", moved.from),
        Kind::MoneyBack(back) => format!("money back from {}", back.from),
        Kind::MoneyMoved(_) => "took over payments".to_owned(),
        Kind::PeriodClosed(closing) => format!("closed {}", closing.period),
        Kind::BooksClosed(closing) => format!("closed the books of {}", closing.period),
        Kind::StaffNews(it) => format!("sale of order {}", it.order.order),
        Kind::ChannelMoved(_) => "took over sales".to_owned(),
        Kind::PartnerAward(it) => format!("was given points: {}", it.reason),
        Kind::PartnerAwardCancel(it) => format!("points taken back: {}", it.reason),
        Kind::SellThrough(it) => format!("report {}: sold on", it.sold.order),
        Kind::MemberHold(it) => match it.on {
            true => format!("on hold: {}", it.reason),
            false => format!("let go: {}", it.reason),
        },
        Kind::Perk(perk) => perk_words(perk),
        Kind::GroupSet(set) => format!("group {} {}", set.group, set.title),
        Kind::GroupInvite(it) => format!("invited {}", it.person),
        Kind::GroupInvited(it) => format!("invitation into {}", it.group),
        Kind::GroupJoin(it) => format!("asked to come into {}", it.group),
        Kind::GroupEntry(it) => format!("{} asked to come in", it.person),
        Kind::GroupAnswer(it) => format!("answer of {}", it.group),
        Kind::GroupBrought(it) => format!("points that {} brought along", it.person),
        Kind::GroupLeave(it) => match it.person {
            Some(person) => format!("{person} leaves the group"),
            None => "somebody leaves the group".to_owned(),
        },
        Kind::GroupLeft(it) => format!("out of {}", it.group),
        Kind::GroupRole(it) => format!("role of {}", it.person),
        Kind::GroupClose => "the group is closed".to_owned(),
        Kind::Unmerge(asked) => format!("parted from {}", asked.member),
        Kind::Unmerged(back) => format!("parted from {}", back.from),
        Kind::MemberChanged(names) => {
            let names: Vec<&str> = names.iter().map(Text::as_str).collect();
            format!("changed: {}", names.join(", "))
        }
    }
}

/// What happened to a reward, in a few words.
fn perk_words(perk: &PerkEvent) -> String {
    match perk {
        PerkEvent::Return(it) => match it.reason.as_str() {
            "" => format!("returned of redemption {}", it.redemption),
            why => format!("returned of redemption {}: {why}", it.redemption),
        },
        PerkEvent::Restock(it) => format!("stock of {}: {}", it.reward, it.reason),
        PerkEvent::Fulfil(it) => match &it.to {
            FulfilMove::Dispatched { carrier, tracking } => {
                format!(
                    "redemption {} dispatched: {carrier} {tracking}",
                    it.redemption
                )
            }
            FulfilMove::Delivered => format!("redemption {} delivered", it.redemption),
            FulfilMove::Failed { reason } => {
                format!("redemption {} did not arrive: {reason}", it.redemption)
            }
            FulfilMove::Returned { reason } => {
                format!("redemption {} came back: {reason}", it.redemption)
            }
        },
        PerkEvent::CodesAdded(it) => format!("{} codes for {}", it.count, it.reward),
        PerkEvent::Pick(it) => format!("picked {} from {}", it.pick, it.menu),
        PerkEvent::Attributes(it) => {
            let all = it.values.iter();
            let all: Vec<String> = all
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            all.join(", ")
        }
        PerkEvent::Reissue(it) => format!("given again: {}", it.reason),
        PerkEvent::ReissueBack(it) => format!("what was given again is taken back: {}", it.reason),
        PerkEvent::Gift(it) => format!("{} is given: {}", it.reward, it.reason),
        PerkEvent::Moved(_) => "took over attributes and what is open".to_owned(),
        PerkEvent::Automatic(true) => "wants rewards by themselves".to_owned(),
        PerkEvent::Automatic(false) => "wants no rewards by themselves".to_owned(),
    }
}

/// Why, in words. Rules that gave nothing are told where all are asked for, and where nothing else
/// says why an order or an activity brought nothing.
fn why(entry: &Explained, all: bool) -> Vec<String> {
    let mut why = Vec::new();
    if let Verdict::Refused(refusal) = &entry.verdict {
        why.push(format!(
            "refused: {}",
            words::refusal(&entry.program, refusal)
        ));
    }
    let earned = entry.postings().any(|it| it.from == Account::Issued);
    let should = matches!(entry.event.kind, Kind::Purchase(_) | Kind::Activity(_));
    let all = all || (should && !earned);
    let missed = entry.missed_in(words::Language::En);
    let told = entry.reasons().into_iter();
    why.extend(told.filter(|reason| all || !missed.contains(reason)));
    why
}

/// The answer to "why does this member have so many": what is there, and which entries brought it.
fn totals(
    balance: &Balance,
    balances: &Balances,
    entries: &[Explained],
    origins: &Origins,
    print: &Print,
) {
    let program = &balances.program;
    let Some(points) = program.points.iter().find(|it| it.id == balance.points) else {
        return;
    };
    let mut line = format!("{} available", words::amount(points, balance.available));
    for (amount, what) in [
        (balance.pending, "not free yet"),
        (balance.held, "set aside"),
        (balance.debt, "owed, already taken off"),
    ] {
        if amount != 0 {
            line += &format!(", {} {what}", words::number(points.decimals, amount));
        }
    }
    let pieces = origins.there(points.name, balances.as_of);
    let colon = if pieces.is_empty() {
        ""
    } else {
        ". They came from:"
    };
    print.line(print.style(Style::Bold, format!("{line}{colon}")));
    let mut table = Table::new(&[">", "", "", ""]);
    for piece in &pieces {
        let entry = &entries[piece.entry];
        table.row(vec![
            words::number(points.decimals, piece.amount),
            what(entry),
            format!("of {}", program.zone.day(entry.event.occurred_at)),
            terms(piece, balances),
        ]);
    }
    if !pieces.is_empty() {
        print.table(&table);
    }
}

/// What has lapsed since the last entry. It is gone already, and booked by whatever comes next.
fn lapsed(balance: &Balance, balances: &Balances, booked: &[(Name, i64)]) -> Option<String> {
    let program = &balances.program;
    let points = program.points.iter().find(|it| it.id == balance.points)?;
    let (_, booked) = booked.iter().find(|(name, _)| *name == points.name)?;
    let lapsed = booked - (balance.available + balance.pending + balance.held);
    (lapsed > 0).then(|| {
        format!(
            "{} have lapsed since the last entry; they are booked with the next, or by `regulars tick`.",
            words::amount(points, lapsed)
        )
    })
}

/// From when and until when points are good.
fn terms(piece: &Piece, balances: &Balances) -> String {
    let zone = &balances.program.zone;
    let mut terms = Vec::new();
    if piece.dates.available_at > balances.as_of {
        terms.push(format!("free from {}", zone.day(piece.dates.available_at)));
    }
    if piece.dates.expires_at < Timestamp::LAST {
        terms.push(format!(
            "lapse {}",
            moment::shown(piece.dates.expires_at, zone)
        ));
    }
    terms.join(", ")
}

fn json(
    entries: &[Explained],
    first: usize,
    balances: &Balances,
    origins: &Origins,
    print: &Print,
) -> anyhow::Result<()> {
    let shown: Vec<_> = entries[first..].iter().map(view::entry).collect();
    let mut from = Vec::new();
    for points in &balances.program.points {
        for piece in origins.there(points.name, balances.as_of) {
            let entry = &entries[piece.entry];
            let lasting = piece.dates.expires_at == Timestamp::LAST;
            from.push(serde_json::json!({
                "points": points.id,
                "amount": words::number(points.decimals, piece.amount),
                "seq": entry.seq,
                "source": entry.event.key.source,
                "id": entry.event.key.external_id,
                "type": entry.event.kind_name(),
                "available": piece.dates.available(balances.as_of),
                "expires_at": (!lasting).then(|| piece.dates.expires_at.to_string()),
            }));
        }
    }
    print.json(&serde_json::json!({
        "member": balances.member.to_string(),
        "entries": shown,
        "balance": view::balance(balances),
        "came_from": from,
    }))
}

fn number(program: &Program, points: Name, amount: i64) -> String {
    let decimals = program.terms_named(points).map_or(0, |it| it.decimals);
    words::number(decimals, amount)
}

fn signed(program: &Program, points: Name, amount: i64) -> String {
    let sign = if amount > 0 { "+" } else { "" };
    format!(
        "{sign}{} {}",
        number(program, points, amount),
        words::id_of(program, points)
    )
}
