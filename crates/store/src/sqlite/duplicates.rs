//! Members who may be one person: found in sets, by what they have in common.

use super::Failure;
use crate::duplicate::{self, CROWD, DuplicatePlace, DuplicateRow, LEAST, MOST, Sign};
use crate::error::Result;
use crate::record::Identity;
use crate::vault::{Field, TenantVault};
use regulars_base::{MemberId, TenantId, Timestamp};
use rusqlite::{Connection, Row, params};

/// What each member may have in common with another: a reason, and what is compared. `?1` is the tenant.
///
/// An address is compared without dots and without what follows a plus before its `@`: some providers deliver
/// all of these to one person. A telephone number by its digits, without zeros before them.
const SIGNS: &str = "
    WITH written (kind, value, member) AS MATERIALIZED (
        SELECT i.kind, i.value, coalesce(m.merged_into, m.member)
        FROM identities i JOIN members m ON m.tenant = i.tenant AND m.member = i.member
        WHERE i.tenant = ?1 AND i.kind IN ('email', 'phone')
        UNION ALL
        SELECT 'email', json_extract(attributes, '$.email'), member FROM profiles
        WHERE tenant = ?1 AND json_type(attributes, '$.email') = 'text'
        UNION ALL
        SELECT 'phone', json_extract(attributes, '$.phone'), member FROM profiles
        WHERE tenant = ?1 AND json_type(attributes, '$.phone') = 'text'
    ),
    mail (local, domain, member) AS (
        SELECT substr(lower(trim(value)), 1, instr(trim(value), '@') - 1),
               substr(lower(trim(value)), instr(trim(value), '@') + 1), member
        FROM written WHERE kind = 'email' AND instr(trim(value), '@') > 1
    ),
    called (member, name) AS (
        SELECT member, group_concat(word, ' ' ORDER BY word) FROM member_words
        WHERE tenant = ?1 GROUP BY member
    ),
    born (member, day) AS (
        SELECT member, coalesce(json_extract(attributes, '$.birthday'),
                                json_extract(attributes, '$.birth_date'),
                                json_extract(attributes, '$.date_of_birth'))
        FROM profiles WHERE tenant = ?1
    ),
    sign (reason, what, member) AS (
        SELECT 'email', replace(CASE WHEN instr(local, '+') > 1
                                     THEN substr(local, 1, instr(local, '+') - 1)
                                     ELSE local END, '.', '') || '@' || domain, member
        FROM mail
        UNION
        SELECT 'phone', ltrim(replace(replace(replace(replace(replace(replace(replace(
                   value, ' ', ''), '-', ''), '/', ''), '(', ''), ')', ''), '.', ''), '+', ''), '0'),
               member
        FROM written WHERE kind = 'phone'
        UNION
        SELECT 'name_birthday', c.name || ' ' || b.day, c.member
        FROM called c JOIN born b ON b.member = c.member
        WHERE b.day IS NOT NULL AND b.day <> ''
        UNION
        SELECT 'address', replace(replace(lower(address), ' ', ''), char(10), ''), member
        FROM addresses WHERE tenant = ?1
    ),
    crowd (reason, what, member, many) AS (
        SELECT s.reason, s.what, s.member, count(*) OVER (PARTITION BY s.reason, s.what)
        FROM sign s JOIN members m ON m.tenant = ?1 AND m.member = s.member
        WHERE m.merged_into IS NULL AND length(s.what) > 6
    )";

const IDENTITIES: &str = "
    SELECT /* vault */ i.member, i.kind, i.value, coalesce(m.merged_into, m.member)
    FROM identities i JOIN members m ON m.tenant = i.tenant AND m.member = i.member
    JOIN members s ON s.tenant = m.tenant AND s.member = coalesce(m.merged_into, m.member)
    WHERE i.tenant = ?1 AND i.kind IN ('email', 'phone') AND s.merged_into IS NULL";
const PROFILES: &str = "
    SELECT /* vault */ p.member, p.attributes
    FROM profiles p JOIN members m ON m.tenant = p.tenant AND m.member = p.member
    WHERE p.tenant = ?1 AND m.merged_into IS NULL";
const ADDRESSES: &str = "
    SELECT /* vault */ a.member, a.wallet, a.redemption, a.address
    FROM addresses a JOIN members m ON m.tenant = a.tenant AND m.member = a.member
    WHERE a.tenant = ?1 AND m.merged_into IS NULL";

const COLUMNS: &str = "d.one, d.other, d.score, d.reasons, d.state, d.found_at";

fn row(row: &Row<'_>) -> rusqlite::Result<DuplicateRow> {
    let (reasons, state): (String, i64) = (row.get(3)?, row.get(4)?);
    Ok(DuplicateRow {
        one: MemberId::from_bytes(row.get(0)?),
        other: MemberId::from_bytes(row.get(1)?),
        score: row.get(2)?,
        reasons: duplicate::words(&reasons),
        not_same: state != 0,
        found_at: Timestamp::from_micros(row.get(5)?),
    })
}

impl super::Sqlite {
    pub(super) fn seek_duplicates(&mut self, tenant: TenantId, at: Timestamp) -> Result<u64> {
        let no = self.tenant_no(tenant)?;
        let figure = duplicate::figure();
        // What few have in common, put aside: pairs are made of these alone. It is read outside of a
        // transaction that writes, so nobody waits for it.
        let aside = format!(
            "INSERT INTO few (reason, what, member) {SIGNS}
             SELECT reason, what, member FROM crowd WHERE many BETWEEN 2 AND ?2"
        );
        let vault = self.vault.clone();
        let closed = match vault.may_be_closed() {
            true => Some(self.read(|db| signs(db, &vault.of(no)))?),
            false => None,
        };
        let put_aside = |db: &Connection| {
            db.execute_batch(
                "CREATE TEMP TABLE IF NOT EXISTS few (
                     reason TEXT NOT NULL, what TEXT NOT NULL, member BLOB NOT NULL,
                     PRIMARY KEY (reason, what, member)
                 ) WITHOUT ROWID;
                 DELETE FROM few",
            )?;
            let Some(closed) = &closed else {
                return db.execute(&aside, params![no, CROWD]);
            };
            let mut insert =
                db.prepare("INSERT INTO few (reason, what, member) VALUES (?1, ?2, ?3)")?;
            for ((reason, what), member) in closed {
                insert.execute(params![reason, what, member.bytes()])?;
            }
            Ok(closed.len())
        };
        put_aside(&self.connection).map_err(|error| self.failed(error))?;
        self.write(|db| {
            db.execute(
                &format!(
                    "INSERT INTO duplicates (tenant, one, other, score, reasons, state, noted, found_at)
                     SELECT ?1, one, other, min(sum({figure}), {MOST}), group_concat(reason, ' '), 0, 0, ?2
                     FROM (SELECT DISTINCT a.reason AS reason, a.member AS one, b.member AS other
                           FROM few a JOIN few b
                           ON b.reason = a.reason AND b.what = a.what AND b.member > a.member)
                     GROUP BY one, other HAVING sum({figure}) >= ?3
                     ON CONFLICT (tenant, one, other) DO UPDATE
                     SET score = excluded.score, reasons = excluded.reasons, noted = 0,
                         found_at = excluded.found_at"
                ),
                params![no, at.micros(), LEAST],
            )?;
            db.execute(
                "DELETE FROM duplicates
                 WHERE tenant = ?1 AND state = 0 AND noted = 0 AND found_at < ?2",
                params![no, at.micros()],
            )?;
            db.execute_batch("DELETE FROM few")?;
            let count: i64 = db.query_row(
                "SELECT count(*) FROM duplicates WHERE tenant = ?1 AND state = 0",
                [no],
                |row| row.get(0),
            )?;
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
        let first = (
            i64::MAX,
            MemberId::from_bytes([0; 16]),
            MemberId::from_bytes([0; 16]),
        );
        let (score, one, other) = after.unwrap_or(first);
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM duplicates d
                 JOIN members a ON a.tenant = d.tenant AND a.member = d.one
                 JOIN members b ON b.tenant = d.tenant AND b.member = d.other
                 WHERE d.tenant = ?1 AND d.state = ?2 AND d.score <= ?3
                   AND (d.score < ?3 OR (d.one, d.other) > (?4, ?5))
                   AND a.merged_into IS NULL AND b.merged_into IS NULL
                 ORDER BY d.score DESC, d.one, d.other LIMIT ?6"
            ))?;
            let asked = params![
                no,
                i64::from(not_same),
                score,
                one.bytes(),
                other.bytes(),
                limit
            ];
            let rows = select.query_map(asked, row)?;
            Ok(rows.collect::<std::result::Result<_, _>>()?)
        })
    }

    pub(super) fn put_duplicate(&mut self, tenant: TenantId, own: &DuplicateRow) -> Result<()> {
        let no = self.tenant_no(tenant)?;
        self.write(|db| {
            db.execute(
                "INSERT INTO duplicates (tenant, one, other, score, reasons, state, noted, found_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, 1, ?6) ON CONFLICT DO NOTHING",
                params![
                    no,
                    own.one.bytes(),
                    own.other.bytes(),
                    own.score,
                    own.reasons.join(" "),
                    own.found_at.micros()
                ],
            )?;
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
        self.write(|db| {
            let changed = db.execute(
                "UPDATE duplicates SET state = ?4 WHERE tenant = ?1 AND one = ?2 AND other = ?3",
                params![no, one.bytes(), other.bytes(), i64::from(not_same)],
            )?;
            Ok(changed > 0)
        })
    }
}

/// What members have in common, read row by row where the database cannot read it itself. A member who was merged has
/// it for whoever took them over.
fn signs(
    db: &Connection,
    vault: &TenantVault,
) -> std::result::Result<Vec<(Sign, MemberId)>, Failure> {
    let mut signs = Vec::new();
    let mut identities = db.prepare(IDENTITIES)?;
    let mut rows = identities.query([vault.tenant])?;
    while let Some(row) = rows.next()? {
        let member = MemberId::from_bytes(row.get(0)?);
        let mut own = Identity {
            kind: row.get(1)?,
            value: row.get(2)?,
        };
        vault.open_identity(member, &mut own)?;
        let standing = MemberId::from_bytes(row.get(3)?);
        let sign = duplicate::sign_of_identity(&own.kind, &own.value);
        signs.extend(sign.map(|sign| (sign, standing)));
    }
    let mut profiles = db.prepare(PROFILES)?;
    let mut rows = profiles.query([vault.tenant])?;
    while let Some(row) = rows.next()? {
        let member = MemberId::from_bytes(row.get(0)?);
        let attributes = vault.open(Field::Attributes, &[member.bytes()], row.get(1)?)?;
        let own = duplicate::signs_of_attributes(&attributes).into_iter();
        signs.extend(own.map(|sign| (sign, member)));
    }
    let mut addresses = db.prepare(ADDRESSES)?;
    let mut rows = addresses.query([vault.tenant])?;
    while let Some(row) = rows.next()? {
        let (member, wallet): ([u8; 16], [u8; 16]) = (row.get(0)?, row.get(1)?);
        let redemption: String = row.get(2)?;
        let place: [&[u8]; 2] = [&wallet, redemption.as_bytes()];
        let address = vault.open(Field::Address, &place, row.get(3)?)?;
        let sign = duplicate::sign_of_address(&address);
        signs.extend(sign.map(|sign| (sign, MemberId::from_bytes(member))));
    }
    Ok(duplicate::few(signs))
}

/// Who is forgotten is like nobody any more.
pub(super) fn forget(
    db: &Connection,
    tenant: i64,
    member: MemberId,
) -> std::result::Result<(), Failure> {
    for column in ["one", "other"] {
        db.prepare_cached(&format!(
            "DELETE FROM duplicates WHERE tenant = ?1 AND {column} = ?2"
        ))?
        .execute(params![tenant, member.bytes()])?;
    }
    Ok(())
}
