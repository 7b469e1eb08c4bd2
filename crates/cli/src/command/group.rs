//! `regulars group`: households and organisations.

use crate::Answer;
use crate::deed::one_line;
use crate::failure::Failure;
use crate::flags::Shop;
use crate::member;
use crate::moment;
use crate::print::{Print, Table};
use clap::{Args, Subcommand};
use regulars_app::{
    Acting, GroupFilter, GroupInHand, Identity, MemberRef, NewGroup, Receipt, TeamChallenge,
};
use regulars_base::{EventKey, Name};
use regulars_engine::event::GroupSet;
use regulars_engine::program::{GroupRule, words};
use regulars_server::view;

/// Households and organisations: members who share points
#[derive(Args)]
pub(crate) struct Groups {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List the groups.
    List {
        /// Those of this sort, by its id in the program file.
        #[arg(long, value_name = "ID")]
        sort: Option<String>,
        /// Those that this operator looks after.
        #[arg(long, value_name = "NAME")]
        manager: Option<String>,
        /// Those that are closed, too.
        #[arg(long)]
        closed: bool,
        #[command(flatten)]
        shop: Shop,
    },
    /// Say who belongs to a group, what it has, and what each would take along.
    Show {
        /// The group, as a member for `balance`.
        group: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Found a group.
    Found(Found),
    /// Invite somebody into a group.
    Invite {
        /// The group.
        group: String,
        /// Who.
        person: String,
        /// As what.
        #[arg(long, value_name = "ID")]
        role: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Let somebody who was invited come in.
    Join {
        /// The group.
        group: String,
        /// Who.
        person: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Let somebody leave, or put them out.
    Leave {
        /// The group.
        group: String,
        /// Who.
        person: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Give somebody another role.
    Role {
        /// The group.
        group: String,
        /// Who.
        person: String,
        /// Which.
        role: String,
        #[command(flatten)]
        shop: Shop,
    },
    /// Close a group: everybody is out.
    Close {
        /// The group.
        group: String,
        #[command(flatten)]
        shop: Shop,
    },
}

/// A group that is to be founded.
#[derive(Args)]
struct Found {
    /// What sort of group, by its id in the program file.
    sort: String,
    /// An identity that nobody has, as in family:smith or vat:DE123456789.
    identity: String,
    /// What people call it.
    #[arg(long, value_name = "TEXT", default_value = "")]
    title: String,
    /// Who at the merchant's looks after it.
    #[arg(long, value_name = "NAME", default_value = "")]
    manager: String,
    /// The day on which its contract begins.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// The last day of its contract.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Who heads it, and is in it at once.
    #[arg(long, value_name = "MEMBER")]
    head: Option<String>,
    #[command(flatten)]
    shop: Shop,
}

fn found(ask: &Found, print: &Print) -> anyhow::Result<Answer> {
    let open = ask.shop.open()?;
    let Some((kind, value)) = ask.identity.split_once(':') else {
        let what = format!("`{}` is no identity", ask.identity);
        return Err(Failure::new(what, "write it as in family:smith").into());
    };
    let head = match &ask.head {
        Some(head) => Some(MemberRef::Id(member::find(&open.app, open.id(), head)?.id)),
        None => None,
    };
    let from = ask.from.as_deref();
    let from = from.map(|text| moment::read("--from", text, &open.zone()));
    let from = from.transpose()?;
    let new = NewGroup {
        key: EventKey {
            source: one_line("command-line")?,
            external_id: one_line(&format!("found-{}", ask.identity))?,
        },
        identity: Identity {
            kind: one_line(kind)?,
            value: one_line(value)?,
        },
        set: GroupSet {
            group: one_line(&ask.sort)?,
            title: one_line(&ask.title)?,
            manager: one_line(&ask.manager)?,
            from,
            until: open.end_of("--until", ask.until.as_deref())?,
        },
        head,
    };
    let receipt = open.app.found_group(open.id(), new)?;
    super::transfer::told(&receipt, print)?;
    print.json(&view::receipt(&receipt))?;
    Ok(Answer::Yes)
}

pub(crate) fn run(ask: &Groups, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List {
            sort,
            manager,
            closed,
            shop,
        } => {
            let filter = GroupFilter {
                group: sort.clone(),
                manager: manager.clone(),
                closed: *closed,
            };
            list(&filter, shop, print)
        }
        What::Found(ask) => found(ask, print),
        What::Show { group, shop } => show(group, shop, print),
        What::Invite {
            group,
            person,
            role,
            shop,
        } => {
            let role = one_line(role.as_deref().unwrap_or_default())?;
            act((group, Some(person)), shop, print, "invite", |at| {
                let (app, tenant) = (&at.open.app, at.open.id());
                Ok(app.invite_person(tenant, &at.group, (&at.person, role), at.key)?)
            })
        }
        What::Join {
            group,
            person,
            shop,
        } => act((group, Some(person)), shop, print, "join", |at| {
            let (app, tenant) = (&at.open.app, at.open.id());
            Ok(app.join_group(tenant, &at.person, &at.group.group, at.key)?)
        }),
        What::Leave {
            group,
            person,
            shop,
        } => act((group, Some(person)), shop, print, "leave", |at| {
            let (app, tenant) = (&at.open.app, at.open.id());
            Ok(app.put_out(tenant, &at.group, &at.person, at.key)?)
        }),
        What::Role {
            group,
            person,
            role,
            shop,
        } => {
            let role = one_line(role)?;
            act((group, Some(person)), shop, print, "role", |at| {
                let (app, tenant) = (&at.open.app, at.open.id());
                let given = (&at.person, role, Vec::new());
                Ok(app.give_role(tenant, &at.group, given, at.key)?)
            })
        }
        What::Close { group, shop } => act((group, None), shop, print, "close", |at| {
            let (app, tenant) = (&at.open.app, at.open.id());
            Ok(app.close_group(tenant, &at.group, at.key)?)
        }),
    }
}

/// What is to happen to whom.
struct At<'a> {
    open: &'a crate::flags::Open,
    group: Acting,
    /// The group itself where it is about nobody else.
    person: MemberRef,
    key: EventKey,
}

/// Does something to a group, for the merchant, and tells what came of it.
fn act(
    (group, person): (&str, Option<&str>),
    shop: &Shop,
    print: &Print,
    word: &str,
    done: impl FnOnce(At<'_>) -> anyhow::Result<Receipt>,
) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let find = |name: &str| member::find(&open.app, open.id(), name);
    let group = find(group)?.id;
    let person = match person {
        Some(person) => find(person)?.id,
        None => group,
    };
    let now = open.app.now().micros();
    let key = EventKey {
        source: one_line("command-line")?,
        external_id: one_line(&format!("{word}-{person}-{now}"))?,
    };
    let receipt = done(At {
        open: &open,
        group: Acting {
            group: MemberRef::Id(group),
            by: None,
        },
        person: MemberRef::Id(person),
        key,
    })?;
    super::transfer::told(&receipt, print)?;
    print.json(&view::receipt(&receipt))?;
    Ok(Answer::Yes)
}

fn list(filter: &GroupFilter, shop: &Shop, print: &Print) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let groups = open.app.groups(open.id(), filter)?;
    let mut table = Table::new(&["GROUP", "SORT", "CALLED", "LOOKED AFTER BY", ">PEOPLE"]);
    for own in &groups {
        table.row(vec![
            own.member.to_string(),
            own.sort().to_owned(),
            own.group.title.to_string(),
            own.group.manager.to_string(),
            own.people.len().to_string(),
        ]);
    }
    match groups.is_empty() {
        true => print.line("There are no groups."),
        false => print.table(&table),
    }
    let items: Vec<_> = groups.iter().map(view::group).collect();
    print.json(&serde_json::json!({ "items": items }))?;
    Ok(Answer::Yes)
}

fn show(name: &str, shop: &Shop, print: &Print) -> anyhow::Result<Answer> {
    let open = shop.open()?;
    let member = member::find(&open.app, open.id(), name)?;
    let who = MemberRef::Id(member.id);
    let own = open.app.group(open.id(), &who)?;
    print.line(format!("{} ({})", own.group.title, own.sort()));
    let sort = own.program.group_named(own.group.rule);
    if sort.is_some_and(GroupRule::is_team) {
        for own in open.app.team_challenges(open.id(), &who, None)? {
            team_challenge(&own, print);
        }
    } else {
        for balance in &own.points {
            let shown = words::number(balance.decimals, balance.available);
            print.line(format!("{}: {shown}", balance.points));
        }
    }
    people(&own, print);
    print.json(&view::group(&own))?;
    Ok(Answer::Yes)
}

/// `May together: coffees 48 of 50 (Ida 20; 3 others 28)`.
fn team_challenge(own: &TeamChallenge, print: &Print) {
    let TeamChallenge { challenge, .. } = own;
    let step = |(place, (title, counted, needed)): (usize, &(String, i64, i64))| {
        let did = |counts: &[i64]| counts.get(place).copied().unwrap_or(0);
        let mut parts: Vec<String> = own
            .parts
            .iter()
            .map(|part| format!("{} {}", part.nickname, did(&part.counts)))
            .collect();
        if own.others > 0 {
            parts.push(format!("{} others {}", own.others, did(&own.others_did)));
        }
        match parts.is_empty() {
            true => format!("{title} {counted} of {needed}"),
            false => format!("{title} {counted} of {needed} ({})", parts.join(", ")),
        }
    };
    let steps: Vec<String> = challenge.steps.iter().enumerate().map(step).collect();
    let reached = if challenge.met > 0 { ", reached" } else { "" };
    print.line(format!(
        "{}: {}{reached}",
        challenge.title,
        steps.join("; ")
    ));
}

fn people(own: &GroupInHand, print: &Print) {
    let program = &own.program;
    let zone = &program.zone;
    let amounts = |all: &[(Name, i64)]| {
        let some = all.iter().filter(|(_, amount)| *amount != 0);
        let some = some.map(|(name, amount)| words::amount_of(program, *name, *amount));
        some.collect::<Vec<String>>().join(", ")
    };
    let mut table = Table::new(&["PERSON", "ROLE", "SINCE", "BROUGHT IN", "WOULD TAKE ALONG"]);
    for it in &own.people {
        table.row(vec![
            it.person.member.to_string(),
            words::id_of(program, it.person.role).to_owned(),
            zone.day(it.person.since).to_string(),
            amounts(&it.person.brought),
            amounts(&it.share),
        ]);
    }
    print.table(&table);
    for invited in &own.group.invited {
        let role = words::id_of(program, invited.role);
        let until = zone.day(invited.until);
        print.line(format!(
            "{} is invited as {role} until {until}",
            invited.person
        ));
    }
}
