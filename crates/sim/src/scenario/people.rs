//! Steps that name a second member. Members have ids only once they are there, so a story's events
//! name others by placeholders, which whoever tells the story replaces.

use super::fields::{Fields, Reader};
use super::node::{Node, What};
use super::read::moment;
use super::step::who;
use super::{Other, Step};
use regulars_base::{MemberId, Text, Timestamp, Zone};
use regulars_engine::Program;
use regulars_engine::event::{
    GiftMove, GroupInvite, GroupJoin, GroupLeave, GroupRole, GroupSet, Incoming, Kind, PaidFrom,
    ReferralReview, SignUp, Touch, TransferOut, Who,
};
use regulars_engine::state::{Mark, MarkKind};

/// `sign_up`, `click`, `fingerprints`, `review`, `transfer`; nothing for another kind of step.
pub(super) fn kind(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    (name, at): (&str, Timestamp),
    (program, others): (&Program, &mut Vec<Other>),
) -> Option<Kind> {
    Some(match name {
        "click" => Kind::ReferralClick,
        "fingerprints" => Kind::Fingerprints(marks(reader, fields)),
        "review" => Kind::ReferralReview(Box::new(ReferralReview {
            approve: fields.take("approve").is_some_and(|node| reader.yes(&node)),
            reason: fields.needed(reader, "reason")?,
            by: fields.text(reader, "by").unwrap_or_default(),
        })),
        "sign_up" => {
            let touches = touches(reader, fields, (&program.zone, at), others)?;
            let marks = marks(reader, fields);
            Kind::SignUp(Box::new(SignUp { touches, marks }))
        }
        _ => {
            let to = other(reader, fields, "to", others)?;
            let points = fields.needed(reader, "points")?;
            let known = program.points.iter().find(|own| own.id == points.as_str());
            let amount = fields.take("amount")?;
            let amount = reader.number(&amount, known.map_or(0, |points| points.decimals))?;
            Kind::TransferOut(Box::new(TransferOut { to, points, amount }))
        }
    })
}

/// `group_set`, `group_invite`, `group_join`, `group_leave`, `group_role`, `group_close`.
pub(super) fn group(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    name: &str,
    (program, others): (&Program, &mut Vec<Other>),
) -> Option<Kind> {
    Some(match name {
        "group_set" => {
            let mut at = |reader: &mut Reader<'_>, name: &'static str| {
                let node = fields.take(name);
                node.and_then(|node| moment(reader, &program.zone, &node))
            };
            let (from, until) = (at(reader, "from"), at(reader, "until"));
            Kind::GroupSet(Box::new(GroupSet {
                group: fields.needed(reader, "group")?,
                title: fields.text(reader, "title").unwrap_or_default(),
                manager: fields.text(reader, "manager").unwrap_or_default(),
                from,
                until,
            }))
        }
        "group_invite" => Kind::GroupInvite(Box::new(GroupInvite {
            person: other(reader, fields, "person", others)?,
            role: fields.text(reader, "role").unwrap_or_default(),
        })),
        "group_join" => Kind::GroupJoin(GroupJoin {
            group: other(reader, fields, "group", others)?,
        }),
        "group_leave" => Kind::GroupLeave(GroupLeave {
            person: match fields.has("person") {
                true => Some(other(reader, fields, "person", others)?),
                false => None,
            },
        }),
        "group_role" => {
            let person = other(reader, fields, "person", others)?;
            let role = fields.text(reader, "role").unwrap_or_default();
            let mut spend_max = Vec::new();
            if let Some(node) = fields.take("spend_max") {
                let mut own = reader.fields(node, "`spend_max`")?;
                for (points, node) in own.rest() {
                    let known = program.points.iter().find(|own| own.id == points);
                    let most = reader.number(&node, known.map_or(0, |points| points.decimals))?;
                    spend_max.push((Text::new(points).ok()?, most));
                }
            }
            Kind::GroupRole(Box::new(GroupRole {
                person,
                role,
                spend_max,
            }))
        }
        _ => Kind::GroupClose,
    })
}

/// Whose links were followed: `by = "ana"` now, or `touches = [{ by = "ana", at = "..." }]`.
fn touches(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    (zone, at): (&Zone, Timestamp),
    others: &mut Vec<Other>,
) -> Option<Vec<Touch>> {
    let Some(node) = fields.take("touches") else {
        let referrer = other(reader, fields, "by", others)?;
        return Some(vec![Touch { referrer, at }]);
    };
    let What::List(nodes) = node.what else {
        reader.fault(
            &node.span,
            "touches are a list: [{ by = \"ana\", at = \"...\" }]",
        );
        return None;
    };
    let mut touches = Vec::new();
    for node in nodes {
        let mut fields = reader.fields(node, "a touch")?;
        let referrer = other(reader, &mut fields, "by", others);
        let node = fields.take("at");
        let at = node
            .and_then(|node| moment(reader, zone, &node))
            .unwrap_or(at);
        fields.done(reader);
        touches.push(Touch {
            referrer: referrer?,
            at,
        });
    }
    Some(touches)
}

fn marks(reader: &mut Reader<'_>, fields: &mut Fields) -> Vec<Mark> {
    let one = |kind: MarkKind| {
        let text: Option<Text> = fields.text(reader, kind.name());
        text.map(|text| Mark::of(kind, text.as_str()))
    };
    MarkKind::ALL.into_iter().filter_map(one).collect()
}

/// Another member, by a placeholder.
pub(super) fn other(
    reader: &mut Reader<'_>,
    fields: &mut Fields,
    name: &'static str,
    others: &mut Vec<Other>,
) -> Option<MemberId> {
    let Some(node) = fields.take(name) else {
        reader.fault(&fields.span, format!("the field `{name}` names a member"));
        return None;
    };
    let node: Node = node;
    let who = who(reader, node)?;
    let number = u8::try_from(others.len()).ok()?;
    let mut bytes = [0xee; 16];
    bytes[15] = number;
    let placeholder = MemberId::from_bytes(bytes);
    others.push(Other { placeholder, who });
    Some(placeholder)
}

impl Step {
    /// The step's event with the ids of the members that it names, which `find` knows.
    pub fn named(&self, incoming: &Incoming, find: &mut dyn FnMut(&Who) -> MemberId) -> Incoming {
        let mut incoming = incoming.clone();
        let mut name = |id: &mut MemberId| {
            if let Some(other) = self.others.iter().find(|own| own.placeholder == *id) {
                *id = find(&other.who);
            }
        };
        match &mut incoming.event.kind {
            Kind::TransferOut(transfer) => name(&mut transfer.to),
            Kind::SignUp(sign_up) => {
                let touches = sign_up.touches.iter_mut();
                touches.for_each(|touch| name(&mut touch.referrer));
            }
            Kind::Purchase(bought) => {
                for payment in &mut bought.payments {
                    if let Some(PaidFrom::Card { card, .. }) = payment.from.as_deref_mut() {
                        name(card);
                    }
                }
            }
            Kind::GiftCard(what) => match &mut **what {
                GiftMove::Replaced { into, .. } => name(into),
                GiftMove::IntoCredit { to, .. } => name(to),
                _ => {}
            },
            Kind::GroupInvite(invite) => name(&mut invite.person),
            Kind::GroupJoin(join) => name(&mut join.group),
            Kind::GroupLeave(leave) => leave.person.iter_mut().for_each(name),
            Kind::GroupRole(role) => name(&mut role.person),
            _ => {}
        }
        incoming
    }
}
