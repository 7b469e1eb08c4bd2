//! Cases: what waits for somebody, or works on its own. Each feature writes its own into the same table,
//! as text that only it reads.

use crate::awards::AWARD;
use crate::claims::CLAIM;
use crate::held_adjustments::ADJUSTMENT;
use crate::page::{Page, PageAsk, each_page};
use crate::sell_through::REPORT;
use crate::{App, Error};
use regulars_base::{MemberId, TenantId};
use regulars_store::{Case, CaseMove};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// How often a case is written that others write at the same time.
const TRIES: usize = 8;

impl App {
    /// The case of this kind and id. Where there is none, `what` is said not to be there.
    pub(crate) fn case(
        &self,
        tenant: TenantId,
        (kind, what): (&str, &'static str),
        id: &str,
    ) -> Result<Case, Error> {
        let case = self
            .core()
            .pool
            .with(|store| Ok(store.case(tenant, kind, id)?))?;
        case.ok_or_else(|| Error::not_found(what, id))
    }

    /// Cases of one kind by their ids, in one state or all, each as `read` makes it out.
    pub(crate) fn cases<T>(
        &self,
        tenant: TenantId,
        of: (&str, Option<&str>),
        page: &PageAsk,
        mut read: impl FnMut(&Case) -> Result<T, Error>,
    ) -> Result<Page<T>, Error> {
        let limit = page.limit();
        let cases = self
            .core()
            .pool
            .with(|store| Ok(store.cases(tenant, of, page.after.as_deref(), limit + 1)?))?;
        Page::cut(cases, limit, |case| case.id.clone()).try_map(|case| read(&case))
    }

    /// Changes a case as it is now, however many others change it. `change` answers what it is from now on, or nothing
    /// where it stays as it is, and what the caller wants to know of it.
    pub(crate) fn rewrite_case<T>(
        &self,
        tenant: TenantId,
        of: (&str, &'static str),
        id: &str,
        mut change: impl FnMut(&Case) -> Result<(Option<Case>, T), Error>,
    ) -> Result<T, Error> {
        for _ in 0..TRIES {
            let seen = self.case(tenant, of, id)?;
            let (next, done) = change(&seen)?;
            let Some(next) = next else {
                return Ok(done);
            };
            let replaced = self
                .core()
                .write(move |store| Ok(store.replace_case(tenant, &seen, &next)?))?;
            if replaced {
                return Ok(done);
            }
        }
        Err(Error::Retry(format!(
            "many people change this {} at once",
            of.1
        )))
    }

    /// Moves a case on; `false` if it does not stand any more where the move begins.
    pub(crate) fn move_case(
        &self,
        tenant: TenantId,
        (kind, id): (&str, &str),
        to: CaseMove,
    ) -> Result<bool, Error> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.core()
            .write(move |store| Ok(store.move_case(tenant, (&kind, &id), &to)?))
    }

    /// The same for a case that somebody decides: of two who do so at once, the second is told.
    pub(crate) fn decide_case(
        &self,
        tenant: TenantId,
        of: (&str, &str),
        to: CaseMove,
    ) -> Result<(), Error> {
        match self.move_case(tenant, of, to)? {
            true => Ok(()),
            false => Err(Error::Retry("somebody else decided it this moment".into())),
        }
    }
}

/// What people write freely in cases about a member, by the sort of case.
const WORDS: [(&str, &[&str]); 4] = [
    (CLAIM, &["text", "reference", "reason"]),
    (ADJUSTMENT, &["reason"]),
    (REPORT, &["customer", "proof", "reason"]),
    (AWARD, &["reason"]),
];
/// So many cases are looked through at once.
const AT_ONCE: usize = 1000;

impl App {
    /// Takes what was written about members out of what waits, or waited, for a person: who they are is to be
    /// forgotten. Orders, days and amounts stay, as they do in the books.
    pub(crate) fn forget_words(&self, tenant: TenantId, members: &[MemberId]) -> Result<(), Error> {
        let ids: Vec<String> = members.iter().map(ToString::to_string).collect();
        for (kind, fields) in WORDS {
            let page =
                |page: &PageAsk| self.cases(tenant, (kind, None), page, |case| Ok(case.clone()));
            each_page(AT_ONCE, page, |cases| {
                for case in &cases {
                    self.forget_words_of(tenant, case, (&ids, fields))?;
                }
                Ok(true)
            })?;
        }
        Ok(())
    }

    /// What waits, or waited, for a person about members: the sort of case, and of each what is theirs.
    pub(crate) fn waited_about(
        &self,
        tenant: TenantId,
        members: &[MemberId],
    ) -> Result<Vec<(&'static str, Value)>, Error> {
        let ids: Vec<String> = members.iter().map(ToString::to_string).collect();
        let mut about = Vec::new();
        for (kind, _) in WORDS {
            let page = |page: &PageAsk| self.cases(tenant, (kind, None), page, read::<Value>);
            each_page(AT_ONCE, page, |bodies| {
                for body in &bodies {
                    theirs(body, &ids, &mut |own| about.push((kind, own.clone())));
                }
                Ok(true)
            })?;
        }
        Ok(about)
    }

    fn forget_words_of(
        &self,
        tenant: TenantId,
        listed: &Case,
        what: (&[String], &[&str]),
    ) -> Result<(), Error> {
        let without = |case: &Case| {
            let mut body: Value = read(case)?;
            let had = emptied(&mut body, what, false);
            let next = had.then(|| written(&body)).transpose()?;
            Ok::<_, Error>(next.map(|body| Case {
                body,
                ..case.clone()
            }))
        };
        // Most are about others, and are not read once more.
        if without(listed)?.is_none() {
            return Ok(());
        }
        self.rewrite_case(tenant, (&listed.kind, "case"), &listed.id, |seen| {
            Ok((without(seen)?, ()))
        })
    }
}

/// Calls `each` with whatever in it is one of these members'.
fn theirs(body: &Value, ids: &[String], each: &mut impl FnMut(&Value)) {
    match body {
        Value::Array(items) => items.iter().for_each(|item| theirs(item, ids, each)),
        Value::Object(own) => {
            let member = own.get("member").and_then(Value::as_str);
            match member.is_some_and(|member| ids.iter().any(|id| id == member)) {
                true => each(body),
                false => own.values().for_each(|value| theirs(value, ids, each)),
            }
        }
        _ => {}
    }
}

/// Empties these fields wherever they stand below something that is one of these members'. Whether there was
/// something in one.
fn emptied(body: &mut Value, what: (&[String], &[&str]), mut theirs: bool) -> bool {
    let (ids, fields) = what;
    match body {
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |found, item| emptied(item, what, theirs) | found),
        Value::Object(own) => {
            let member = own.get("member").and_then(Value::as_str);
            theirs |= member.is_some_and(|member| ids.iter().any(|id| id == member));
            let mut found = false;
            for (name, value) in own {
                let is_text = value.as_str().is_some_and(|text| !text.is_empty());
                if theirs && is_text && fields.contains(&name.as_str()) {
                    *value = Value::String(String::new());
                    found = true;
                } else {
                    found |= emptied(value, what, theirs);
                }
            }
            found
        }
        _ => false,
    }
}

/// What a case is to say.
pub(crate) fn written(body: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(body).map_err(|error| Error::Bug(format!("a case is no JSON: {error}")))
}

/// What a case says.
pub(crate) fn read<T: DeserializeOwned>(case: &Case) -> Result<T, Error> {
    serde_json::from_str(&case.body).map_err(|error| {
        Error::Corrupt(format!("{} {} cannot be read: {error}", case.kind, case.id))
    })
}
