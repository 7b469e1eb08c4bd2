//! `regulars people`: who works with the console for a merchant, and what they may do.

use crate::Answer;
use crate::failure::Failure;
use crate::flags::{Open, Shop};
use crate::moment;
use crate::print::{Print, Style, Table};
use crate::trail::{COMMAND_LINE, note};
use clap::{Args, Subcommand};
use regulars_api::people::PeopleOut;
use regulars_app::{Caller, Invited, NewPerson, Person, PersonPatch, PersonState, Told};
use regulars_server::view;

/// List and invite people, give them roles, and take them out
#[derive(Args)]
pub(crate) struct People {
    #[command(subcommand)]
    what: What,
}

/// What is to be done.
#[derive(Subcommand)]
enum What {
    /// List all people, by age.
    List {
        #[command(flatten)]
        shop: Shop,
    },
    /// Invite somebody. Said again for somebody who is known it makes a new link, and the old one is void.
    Invite {
        /// Their e-mail address.
        email: String,
        /// What they are called. Not needed for somebody who is known.
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
        /// What they may do: owner, manager, agent, analyst, accountant, partner, cashier, or a role of the
        /// merchant's own. Once for each.
        #[arg(long = "role", value_name = "ROLE", value_delimiter = ',')]
        roles: Vec<String>,
        /// The partner (by its id in the program file) whom they work for.
        #[arg(long, value_name = "PARTNER")]
        partner: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Give somebody these roles instead of those they have, and let in again who was taken out.
    Role {
        /// Their e-mail address or id (per_…).
        person: String,
        /// The roles.
        #[arg(required = true, value_delimiter = ',')]
        roles: Vec<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take the second factor off somebody who lost it: codes, passkeys and recovery codes. Their sessions
    /// are over.
    SecondFactorOff {
        /// Their e-mail address or id (per_…).
        person: String,
        /// Why, for the audit trail.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
    /// Take somebody out: they come in no more, and an open invitation is void. Their name stays, since the
    /// audit trail tells what they did.
    Remove {
        /// Their e-mail address or id (per_…).
        person: String,
        /// Why, for the audit trail.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        shop: Shop,
    },
}

pub(crate) fn run(ask: &People, print: &Print) -> anyhow::Result<Answer> {
    match &ask.what {
        What::List { shop } => list(&shop.open()?, print)?,
        What::Invite {
            email,
            name,
            roles,
            partner,
            shop,
        } => {
            let new = NewPerson {
                email: email.clone(),
                name: name.clone().unwrap_or_default(),
                roles: roles.clone(),
                partner: partner.clone(),
            };
            invite(&shop.open()?, new, print)?;
        }
        What::Role {
            person,
            roles,
            shop,
        } => {
            let patch = PersonPatch {
                roles: Some(roles.clone()),
                enabled: Some(true),
                ..PersonPatch::default()
            };
            let person = change(&shop.open()?, person, &patch, None)?;
            print.line(format!(
                "{} is {} now",
                person.name,
                person.roles.join(", ")
            ));
            print.json(&view::person(person, None))?;
        }
        What::SecondFactorOff {
            person,
            reason,
            shop,
        } => {
            let person = take_off(&shop.open()?, person, reason.as_deref())?;
            print.line(format!(
                "{} comes in by the password alone now, or is led to set a new second factor up",
                person.name
            ));
            print.json(&view::person(person, None))?;
        }
        What::Remove {
            person,
            reason,
            shop,
        } => {
            let patch = PersonPatch {
                enabled: Some(false),
                ..PersonPatch::default()
            };
            let person = change(&shop.open()?, person, &patch, reason.as_deref())?;
            print.line(format!("{} comes in no more", person.name));
            print.json(&view::person(person, None))?;
        }
    }
    Ok(Answer::Yes)
}

fn list(open: &Open, print: &Print) -> anyhow::Result<()> {
    let people = open.app.people(open.id())?;
    let zone = open.zone();
    let mut table = Table::new(&["ID", "NAME", "ADDRESS", "ROLES", "STATE", "LAST HERE"]);
    for person in &people {
        let roles = person.roles.join(" ");
        table.row(vec![
            person.id.clone(),
            person.name.clone(),
            person.email.clone(),
            match &person.partner {
                Some(partner) => format!("{roles} at {partner}"),
                None => roles,
            },
            person.state.name().to_owned(),
            person
                .signed_in_at
                .map_or_else(String::new, |at| moment::shown(at, &zone)),
        ]);
    }
    print.table(&table);
    let items = people.into_iter().map(|person| view::person(person, None));
    print.json(&PeopleOut {
        items: items.collect(),
    })
}

fn invite(open: &Open, new: NewPerson, print: &Print) -> anyhow::Result<()> {
    let known = found(open, &new.email)?;
    let (act, Invited { person, token }) = match known {
        Some(known) => {
            not_as_known(&new, &known)?;
            let again = open.app.invite_again(open.id(), &known.id)?;
            ("invite_again", again)
        }
        None if new.name.is_empty() || new.roles.is_empty() => {
            let what = format!("nobody has the address `{}` yet", new.email);
            return Err(Failure::new(what, "say --name and --role for somebody new").into());
        }
        None => ("invite_somebody", open.app.invite(open.id(), new)?),
    };
    let told = Told {
        after: person.told(),
        ..Told::default()
    };
    note(open, act, person.id.clone(), told)?;
    print.note(format!(
        "{} for `{}`: whoever has this comes in as them, once, within a week. Put it behind the address of \
         the console:",
        person.id, open.tenant.name
    ));
    let link = format!("/console/#invitation={token}");
    print.line(print.style(Style::Bold, &link));
    print.json(&view::person(person, Some(token)))
}

/// An invitation that is made anew changes nothing: whoever says other roles with it would believe it did.
fn not_as_known(new: &NewPerson, known: &Person) -> anyhow::Result<()> {
    let other = !new.roles.is_empty() && new.roles != known.roles;
    if known.state == PersonState::Disabled || other {
        let what = format!("{} is known as {} already", known.email, known.told());
        let advice = format!("use `regulars people role {} ROLE` first", known.id);
        return Err(Failure::new(what, advice).into());
    }
    Ok(())
}

fn change(
    open: &Open,
    person: &str,
    patch: &PersonPatch,
    why: Option<&str>,
) -> anyhow::Result<Person> {
    let before = match found(open, person)? {
        Some(person) => person,
        None => open.app.person(open.id(), person)?,
    };
    let by = by(open);
    let after = open.app.patch_person(open.id(), &before.id, patch, &by)?;
    let told = Told {
        before: before.told(),
        after: after.told(),
        why: why.unwrap_or_default().into(),
        ..Told::default()
    };
    note(open, "change_person", after.id.clone(), told)?;
    Ok(after)
}

/// Whoever sits at the database is nobody of the merchant's people, so nobody changes themselves.
fn by(open: &Open) -> Caller {
    Caller {
        tenant: open.id(),
        key: COMMAND_LINE.into(),
        name: COMMAND_LINE.into(),
        scopes: Vec::new(),
        adjust_most: None,
        money_most: None,
        partner: None,
        store: None,
        rate: None,
    }
}

fn take_off(open: &Open, person: &str, why: Option<&str>) -> anyhow::Result<Person> {
    let id = match found(open, person)? {
        Some(person) => person.id,
        None => person.to_owned(),
    };
    let (before, after) = open.app.take_off_factors(open.id(), &id, &by(open))?;
    let told = Told {
        before: before.told(),
        after: after.told(),
        why: why.unwrap_or_default().into(),
        ..Told::default()
    };
    note(open, "take_off_second_factor", after.id.clone(), told)?;
    Ok(after)
}

fn found(open: &Open, person: &str) -> anyhow::Result<Option<Person>> {
    let asked = person.trim().to_lowercase();
    let people = open.app.people(open.id())?;
    let found = people
        .into_iter()
        .find(|own| own.email == asked || own.id == person);
    Ok(found)
}
