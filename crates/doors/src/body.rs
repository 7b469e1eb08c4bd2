//! Bodies of the API: the name of a shape on the first line, the body behind it. All faults are told at once, each
//! with a pointer, and the order in which fields stand changes nothing.

use crate::headed;
use regulars_api::json::At;
use regulars_api::{
    FromJson, access, claim, connector, coupon, desk, draft, duplicate, games, gift_card, group,
    journey, lift, member, member_card, membership, message, offer, people, portal, quote,
    recommendation, redemption, referral, retention, segment, sell_through, service, session,
    survey, suspicion, timeline, webhook,
};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// What a body came to: what was read of it, or the faults, each with its place.
pub type Read = Result<String, BTreeSet<(String, String)>>;

macro_rules! shapes {
    ($($area:ident :: $name:ident),+ $(,)?) => {
        /// Every shape that the API reads, by name.
        pub const SHAPES: &[(&str, &str)] = &[$((stringify!($name), stringify!($area))),+];

        fn reader(name: &str) -> Option<fn(&RawValue) -> Read> {
            match name {
                $(stringify!($name) => Some(one::<$area::$name>),)+
                _ => None,
            }
        }
    };
}

shapes! {
    access::ApiKeyIn,
    access::RotateKeyIn,
    access::TenantIn,
    claim::ClaimIn,
    claim::KeptOrderIn,
    claim::RulingIn,
    connector::ConnectorIn,
    connector::ConnectorPatchIn,
    connector::ConnectorSecretIn,
    connector::DeliveryMoveIn,
    connector::ReconciliationIn,
    coupon::Validate,
    coupon::MakeCodesIn,
    coupon::BringCodesIn,
    coupon::TransferCode,
    desk::ShopSettingsIn,
    desk::TillLimitsIn,
    desk::SignOnIn,
    desk::TillFindIn,
    draft::TrialIn,
    draft::AnswersIn,
    draft::ApprovalOut,
    draft::ReasonIn,
    draft::SandboxIn,
    duplicate::PartDuplicateIn,
    games::NicknameIn,
    gift_card::ReplaceIn,
    group::GroupRead,
    group::PersonIn,
    group::ByIn,
    group::JoinGroupIn,
    journey::JourneyIn,
    journey::JourneyStateIn,
    journey::JourneyPreviewIn,
    journey::TaskDoneIn,
    lift::ControlGroupIn,
    member::IdentityIn,
    member::MemberIn,
    member::MemberPatch,
    member::MergeIn,
    member_card::MakeMemberCardsIn,
    member_card::ActivateCardIn,
    member_card::ReplaceCardIn,
    membership::MembershipIn,
    membership::InvoicePaymentIn,
    message::TemplateWordsBody,
    message::TemplateIn,
    message::MessagePreviewIn,
    message::SendIn,
    message::BouncedIn,
    message::ResolveIn,
    message::ChannelBody,
    message::MessageSettingsBody,
    offer::OfferGiftBody,
    offer::OfferBody,
    offer::OfferSetIn,
    people::StaffPersonIn,
    people::PersonPatchIn,
    people::RoleIn,
    people::TakeUpIn,
    people::PasswordIn,
    portal::SignInCodeIn,
    portal::MemberSignInIn,
    portal::AcceptTermsIn,
    portal::OwnRedemptionIn,
    portal::ConsentIn,
    portal::OwnProfileIn,
    quote::QuoteRead,
    quote::CommitQuoteRead,
    recommendation::RecommendationSettingsIn,
    redemption::RedemptionIn,
    redemption::CommitIn,
    redemption::AddressIn,
    redemption::SupplierCodesIn,
    referral::ClickIn,
    referral::JoinRead,
    referral::ReviewIn,
    retention::RetentionBody,
    segment::SegmentIn,
    segment::SegmentChangeIn,
    segment::SegmentPreviewIn,
    sell_through::ReportRulingIn,
    sell_through::ReportIn,
    service::CaseIn,
    service::CasePatch,
    service::CaseTextIn,
    service::MakeGoodIn,
    service::InboundIn,
    service::FollowUpBody,
    service::ServiceSettingsBody,
    service::OwnCaseIn,
    session::FactorCodeIn,
    session::PasskeyIn,
    session::PasskeySignInIn,
    survey::SurveyTestBody,
    survey::SurveyBranchBody,
    survey::SurveyOptionBody,
    survey::SurveyQuestionBody,
    survey::SurveyTriggerBody,
    survey::SurveyIn,
    survey::ThemeBody,
    survey::SurveySettingsBody,
    survey::AskIn,
    survey::AnswerBody,
    survey::SurveyAnswersIn,
    suspicion::ClearSuspicionIn,
    suspicion::ReverseSuspicionIn,
    suspicion::PaceBody,
    suspicion::SignRuleBody,
    suspicion::SuspicionRulesBody,
    timeline::ContactIn,
    webhook::EndpointIn,
    webhook::EndpointPatchIn,
    webhook::RotateIn,
    webhook::ReplayIn,
}

/// What a body of that shape comes to; nothing if there is no such shape, or it is no JSON.
pub fn read(name: &str, body: &str) -> Option<Read> {
    let raw = serde_json::from_str::<&RawValue>(body).ok()?;
    Some(reader(name)?(raw))
}

/// The server takes nothing deeper.
const DEPTH_MAX: usize = 64;

pub(crate) fn open(data: &[u8]) {
    let Some((name, body)) = headed(data) else {
        return;
    };
    let Some(read) = reader(name) else { return };
    let Ok(raw) = serde_json::from_str::<&RawValue>(body) else {
        return;
    };
    if depth(body) > DEPTH_MAX {
        return;
    }
    let first = read(raw);
    if let Some(turned) = turned(raw) {
        assert_eq!(first, read(&turned), "{name}, in another order: {turned}");
    }
}

fn one<T: FromJson + Debug>(raw: &RawValue) -> Read {
    let mut faults = Vec::new();
    match T::from_json(raw, At::ROOT, &mut faults) {
        Some(read) if faults.is_empty() => Ok(format!("{read:?}")),
        read => {
            assert!(!faults.is_empty(), "{read:?} was refused without a reason");
            let told = faults.into_iter().map(|fault| {
                let is_pointer = fault.at.is_empty() || fault.at.starts_with('/');
                assert!(is_pointer && !fault.what.is_empty(), "{fault:?}");
                (fault.at, fault.what)
            });
            Err(told.collect())
        }
    }
}

/// The same object with its fields the other way round, if it is one whose fields have different names.
fn turned(raw: &RawValue) -> Option<Box<RawValue>> {
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get()).ok()?;
    let field = |(name, value): (&String, &&RawValue)| {
        let name = serde_json::to_string(name).expect("a text can be written");
        format!("{name}:{value}")
    };
    if fields.len() < 2 || has_twice(raw) {
        return None;
    }
    let fields: Vec<String> = fields.iter().rev().map(field).collect();
    RawValue::from_string(format!("{{{}}}", fields.join(","))).ok()
}

/// Whether a name stands twice at the top.
fn has_twice(raw: &RawValue) -> bool {
    struct Names(bool);
    impl<'de> serde::Deserialize<'de> for Names {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Visit;
            impl<'de> serde::de::Visitor<'de> for Visit {
                type Value = Names;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Names, A::Error> {
                    let (mut seen, mut twice) = (BTreeSet::new(), false);
                    while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                        twice |= !seen.insert(name);
                    }
                    Ok(Names(twice))
                }
            }
            from.deserialize_map(Visit)
        }
    }
    serde_json::from_str::<Names>(raw.get()).map_or(true, |names| names.0)
}

/// How deep brackets stand within each other, at most: those in texts count, too, so it says rather too much.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' => {
                now += 1;
                most = most.max(now);
            }
            b'}' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::SHAPES;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn no_shape_is_left_out() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src");
        let mut there = BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            let area = path.file_stem().unwrap().to_string_lossy().into_owned();
            for line in text.lines() {
                if let Some(name) = line.strip_prefix("impl FromJson for ") {
                    let name = name.trim_end_matches([' ', '{', '}']);
                    there.insert((name.to_owned(), area.clone()));
                }
            }
        }
        let known = SHAPES
            .iter()
            .map(|(name, area)| ((*name).to_owned(), (*area).to_owned()));
        assert_eq!(known.collect::<BTreeSet<_>>(), there);
    }
}
