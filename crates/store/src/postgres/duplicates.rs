//! Members who may be one person: found in sets, by what they have in common.

use super::link::{Failure, Link, bytes};
use super::verify::{cursor, fetch};
use crate::duplicate::{self, CROWD, DuplicatePlace, DuplicateRow, LEAST, MOST, Sign};
use crate::error::Result;
use crate::record::Identity;
use crate::vault::{Field, TenantVault};
use regulars_base::{MemberId, TenantId, Timestamp};
use tokio_postgres::Row;

/// What each member may have in common with another: a reason, and what is compared. `$1` is the tenant.
///
/// An address is compared without dots and without what follows a plus before its `@`: some providers deliver
/// all of these to one person. A telephone number by its digits, without zeros before them.
const SIGNS: &str = "
    WITH written (kind, value, member) AS MATERIALIZED (
        SELECT i.kind, i.value, coalesce(m.merged_into, m.member)
        FROM identities i JOIN members m ON m.tenant = i.tenant AND m.member = i.member
        WHERE i.tenant = $1 AND i.kind IN ('email', 'phone')
        UNION ALL
        SELECT 'email', attributes::jsonb ->> 'email', member FROM profiles
        WHERE tenant = $1 AND jsonb_typeof(attributes::jsonb -> 'email') = 'string'
        UNION ALL
        SELECT 'phone', attributes::jsonb ->> 'phone', member FROM profiles
        WHERE tenant = $1 AND jsonb_typeof(attributes::jsonb -> 'phone') = 'string'
    ),
    mail (local, domain, member) AS (
        SELECT substr(lower(btrim(value) COLLATE \"C\"), 1, strpos(btrim(value), '@') - 1),
               substr(lower(btrim(value) COLLATE \"C\"), strpos(btrim(value), '@') + 1), member
        FROM written WHERE kind = 'email' AND strpos(btrim(value), '@') > 1
    ),
    called (member, name) AS (
        SELECT member, string_agg(word, ' ' ORDER BY word COLLATE \"C\") FROM member_words
        WHERE tenant = $1 GROUP BY member
    ),
    born (member, day) AS (
        SELECT member, coalesce(attributes::jsonb ->> 'birthday', attributes::jsonb ->> 'birth_date',
                                attributes::jsonb ->> 'date_of_birth')
        FROM profiles WHERE tenant = $1
    ),
    sign (reason, what, member) AS (
        SELECT 'email', replace(CASE WHEN strpos(local, '+') > 1
                                     THEN substr(local, 1, strpos(local, '+') - 1)
                                     ELSE local END, '.', '') || '@' || domain, member
        FROM mail
        UNION
        SELECT 'phone', ltrim(translate(value, ' -/().+', ''), '0'), member
        FROM written WHERE kind = 'phone'
        UNION
        SELECT 'name_birthday', c.name || ' ' || b.day, c.member
        FROM called c JOIN born b ON b.member = c.member
        WHERE b.day IS NOT NULL AND b.day <> ''
        UNION
        SELECT 'address', translate(lower(address COLLATE \"C\"), E' \\n', ''), member
        FROM addresses WHERE tenant = $1
    ),
    crowd (reason, what, member, many) AS (
        SELECT s.reason, s.what, s.member, count(*) OVER (PARTITION BY s.reason, s.what)
        FROM sign s JOIN members m ON m.tenant = $1 AND m.member = s.member
        WHERE m.merged_into IS NULL AND length(s.what) > 6
    ),
    few (reason, what, member) AS MATERIALIZED (
        SELECT reason, what, member FROM crowd WHERE many BETWEEN 2 AND $3
    )";

const IDENTITIES: &str = "
    SELECT /* vault */ i.member, i.kind, i.value, coalesce(m.merged_into, m.member)
    FROM identities i JOIN members m ON m.tenant = i.tenant AND m.member = i.member
    JOIN members s ON s.tenant = m.tenant AND s.member = coalesce(m.merged_into, m.member)
    WHERE i.tenant = $1 AND i.kind IN ('email', 'phone') AND s.merged_into IS NULL";
const PROFILES: &str = "
    SELECT /* vault */ p.member, p.attributes
    FROM profiles p JOIN members m ON m.tenant = p.tenant AND m.member = p.member
    WHERE p.tenant = $1 AND m.merged_into IS NULL";
const ADDRESSES: &str = "
    SELECT /* vault */ a.member, a.wallet, a.redemption, a.address
    FROM addresses a JOIN members m ON m.tenant = a.tenant AND m.member = a.member
    WHERE a.tenant = $1 AND m.merged_into IS NULL";

const COLUMNS: &str = "d.one, d.other, d.score, d.reasons, d.state, d.found_at";

fn row(row: &Row) -> std::result::Result<DuplicateRow, Failure> {
    let (reasons, state): (String, i64) = (row.get(3), row.get(4));
    Ok(DuplicateRow {
        one: MemberId::from_bytes(bytes(row, 0)?),
        other: MemberId::from_bytes(bytes(row, 1)?),
        score: row.get(2),
        reasons: duplicate::words(&reasons),
        not_same: state != 0,
        found_at: Timestamp::from_micros(row.get(5)),
    })
}

impl super::Postgres {
    pub(super) fn seek_duplicates(&mut self, tenant: TenantId, at: Timestamp) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        let figure = duplicate::figure();
        let sql = format!(
            "INSERT INTO duplicates (tenant, one, other, score, reasons, state, noted, found_at)
             {SIGNS}
             SELECT $1, one, other, least(sum({figure})::bigint, {MOST}), string_agg(reason, ' '), 0, 0, $2
             FROM (SELECT DISTINCT a.reason AS reason, a.member AS one, b.member AS other
                   FROM few a JOIN few b
                   ON b.reason = a.reason AND b.what = a.what AND b.member > a.member) pairs
             GROUP BY one, other HAVING sum({figure}) >= $4
             ON CONFLICT (tenant, one, other) DO UPDATE
             SET score = excluded.score, reasons = excluded.reasons, noted = 0,
                 found_at = excluded.found_at"
        );
        let vault = self.vault.clone();
        let closed = match vault.may_be_closed() {
            true => Some(self.read(async |link| signs(link, &vault.of(no)).await)?),
            false => None,
        };
        // What was read row by row stands in for what the database would have read.
        let given = sql.replace(
            SIGNS,
            "WITH few (reason, what, member) AS (SELECT * FROM unnest($3::text[], $5::text[], $6::bytea[]))",
        );
        self.write(async |link| {
            match &closed {
                None => link.run(&sql, &[&no, &at.micros(), &CROWD, &LEAST]).await?,
                Some(closed) => {
                    let reasons: Vec<&str> =
                        closed.iter().map(|((reason, _), _)| *reason).collect();
                    let what: Vec<&str> = closed.iter().map(|((_, what), _)| &**what).collect();
                    let members: Vec<&[u8]> = closed
                        .iter()
                        .map(|(_, member)| &member.bytes()[..])
                        .collect();
                    let asked: [super::link::Parameter<'_>; 6] =
                        [&no, &at.micros(), &reasons, &LEAST, &what, &members];
                    link.run(&given, &asked).await?
                }
            };
            let away = "DELETE FROM duplicates
                        WHERE tenant = $1 AND state = 0 AND noted = 0 AND found_at < $2";
            link.run(away, &[&no, &at.micros()]).await?;
            let count = "SELECT count(*) FROM duplicates WHERE tenant = $1 AND state = 0";
            let rows = link.rows(count, &[&no]).await?;
            let count: i64 = rows.first().map_or(0, |row| row.get(0));
            Ok(crate::writes::unsigned(count)?)
        })
    }

    pub(super) fn read_duplicates(
        &mut self,
        tenant: TenantId,
        (not_same, after): (bool, Option<DuplicatePlace>),
        limit: usize,
    ) -> Result<Vec<DuplicateRow>> {
        let no = self.tenant_no(tenant)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let none = MemberId::from_bytes([0; 16]);
        let (score, one, other) = after.unwrap_or((i64::MAX, none, none));
        let sql = format!(
            "SELECT {COLUMNS} FROM duplicates d
             JOIN members a ON a.tenant = d.tenant AND a.member = d.one
             JOIN members b ON b.tenant = d.tenant AND b.member = d.other
             WHERE d.tenant = $1 AND d.state = $2 AND d.score <= $3
               AND (d.score < $3 OR (d.one, d.other) > ($4::bytea, $5::bytea))
               AND a.merged_into IS NULL AND b.merged_into IS NULL
             ORDER BY d.score DESC, d.one, d.other LIMIT $6"
        );
        self.read(async |link| {
            let state = i64::from(not_same);
            let (one, other) = (&one.bytes()[..], &other.bytes()[..]);
            let asked: [super::link::Parameter<'_>; 6] =
                [&no, &state, &score, &one, &other, &limit];
            link.rows(&sql, &asked).await?.iter().map(row).collect()
        })
    }

    pub(super) fn put_duplicate(&mut self, tenant: TenantId, own: &DuplicateRow) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "INSERT INTO duplicates
                           (tenant, one, other, score, reasons, state, noted, found_at)
                       VALUES ($1, $2, $3, $4, $5, 0, 1, $6) ON CONFLICT DO NOTHING";
            let (one, other) = (&own.one.bytes()[..], &own.other.bytes()[..]);
            let (reasons, at) = (own.reasons.join(" "), own.found_at.micros());
            link.run(sql, &[&no, &one, &other, &own.score, &reasons, &at])
                .await?;
            Ok(())
        })
    }

    pub(super) fn update_duplicate(
        &mut self,
        tenant: TenantId,
        (one, other): (MemberId, MemberId),
        not_same: bool,
    ) -> Result<bool> {
        let no = self.tenant_no(tenant)?;
        self.write(async |link| {
            let sql = "UPDATE duplicates SET state = $4
                       WHERE tenant = $1 AND one = $2 AND other = $3";
            let (one, other) = (&one.bytes()[..], &other.bytes()[..]);
            let changed = link
                .run(sql, &[&no, &one, &other, &i64::from(not_same)])
                .await?;
            Ok(changed > 0)
        })
    }
}

/// What members have in common, read row by row where the database cannot read it itself. A member who was merged has
/// it for whoever took them over.
async fn signs(
    link: &Link,
    vault: &TenantVault,
) -> std::result::Result<Vec<(Sign, MemberId)>, Failure> {
    let mut signs = Vec::new();
    cursor(link, "vault_identities", IDENTITIES, vault.tenant).await?;
    loop {
        let rows = fetch(link, "vault_identities").await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let member = MemberId::from_bytes(bytes(row, 0)?);
            let mut own = Identity {
                kind: row.get(1),
                value: row.get(2),
            };
            vault.open_identity(member, &mut own)?;
            let standing = MemberId::from_bytes(bytes(row, 3)?);
            let sign = duplicate::sign_of_identity(&own.kind, &own.value);
            signs.extend(sign.map(|sign| (sign, standing)));
        }
    }
    cursor(link, "vault_profiles", PROFILES, vault.tenant).await?;
    loop {
        let rows = fetch(link, "vault_profiles").await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let member = MemberId::from_bytes(bytes(row, 0)?);
            let attributes = vault.open(Field::Attributes, &[member.bytes()], row.get(1))?;
            let own = duplicate::signs_of_attributes(&attributes).into_iter();
            signs.extend(own.map(|sign| (sign, member)));
        }
    }
    cursor(link, "vault_addresses", ADDRESSES, vault.tenant).await?;
    loop {
        let rows = fetch(link, "vault_addresses").await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let member = MemberId::from_bytes(bytes(row, 0)?);
            let redemption: String = row.get(2);
            let place: [&[u8]; 2] = [row.get(1), redemption.as_bytes()];
            let address = vault.open(Field::Address, &place, row.get(3))?;
            let sign = duplicate::sign_of_address(&address);
            signs.extend(sign.map(|sign| (sign, member)));
        }
    }
    Ok(duplicate::few(signs))
}

/// Who is forgotten is like nobody any more.
pub(super) async fn forget(
    link: &Link,
    tenant: i64,
    member: MemberId,
) -> std::result::Result<(), Failure> {
    for column in ["one", "other"] {
        let sql = format!("DELETE FROM duplicates WHERE tenant = $1 AND {column} = $2");
        link.run(&sql, &[&tenant, &&member.bytes()[..]]).await?;
    }
    Ok(())
}
