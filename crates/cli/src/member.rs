//! Who is meant by MEMBER on a command line.

use crate::failure::Failure;
use regulars_app::{App, Error, Identity, Member, MemberRef};
use regulars_base::{MemberId, TenantId, Text};

/// The identities that are tried, in this order, for a value that does not say what it is. Files
/// call a customer's number `customer`.
const KINDS: [&str; 4] = ["customer", "email", "card", "phone"];

/// The member with this id (`mem_…`), this identity (`email:ana@example.com`), or this value of the
/// well-known identities.
pub(crate) fn find(app: &App, tenant: TenantId, name: &str) -> anyhow::Result<Member> {
    if let Ok(id) = name.parse::<MemberId>() {
        return Ok(app.member(tenant, &MemberRef::Id(id))?);
    }
    let spelled = name.split_once(':').filter(|(kind, _)| is_kind(kind));
    let tried: Vec<(&str, &str)> = match spelled {
        Some(pair) => vec![pair],
        None => KINDS.iter().map(|kind| (*kind, name)).collect(),
    };
    for (kind, value) in &tried {
        let who = MemberRef::Identity(Identity {
            kind: text(kind)?,
            value: text(value)?,
        });
        match app.member(tenant, &who) {
            Ok(member) => return Ok(member),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let kinds: Vec<&str> = tried.iter().map(|(kind, _)| *kind).collect();
    Err(Failure::new(
        format!("nobody has the {} `{name}`", kinds.join(", ")),
        "name a member by id (mem_…), by a customer number, or by any identity as in \
         email:ana@example.com",
    )
    .into())
}

/// How a member is called for people: the first identity, or the id.
pub(crate) fn called(member: &Member) -> String {
    match member.identities.first() {
        Some(identity) => identity.value.to_string(),
        None => member.id.to_string(),
    }
}

fn is_kind(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

fn text(word: &str) -> anyhow::Result<Text> {
    Text::new(word).map_err(|error| {
        let advice = "name a member by id (mem_…) or by an identity as in email:ana@example.com";
        Failure::new(format!("the member's name {error}"), advice).into()
    })
}
