//! Cases: what waits for somebody, or works on its own. Each feature writes its own into the same table,
//! as text that only it reads.

use crate::page::{Page, PageAsk};
use crate::{App, Error};
use regulars_base::TenantId;
use regulars_store::{Case, CaseMove};
use serde::Serialize;
use serde::de::DeserializeOwned;

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
