//! Which columns are closed, and why the others are not.

/// A column that is closed where there is a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultField {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub column: &'static str,
    /// Columns that name its row: copied to another, it does not open. None where it is found by what it says, and so
    /// looks the same in every row.
    pub row: &'static [&'static str],
}

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident: $table:literal, $column:literal, $row:expr;)+) => {
        /// A column that is closed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Field {
            $($(#[$doc])* $name,)+
        }

        impl Field {
            /// All of them, as [`FIELDS`] has them.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];
        }

        /// The columns that are closed where there is a vault.
        pub const FIELDS: &[VaultField] = &[$(VaultField {
            table: $table,
            column: $column,
            row: &$row,
        }),+];
    };
}

fields! {
    /// An e-mail address, a telephone number, a number that a till knows somebody by.
    IdentityValue: "identities", "value", ["member", "kind"];
    /// The same as it was typed.
    IdentityTyped: "identities", "typed", ["member", "kind"];
    /// Name, birthday, whatever a shop keeps of a person.
    Attributes: "profiles", "attributes", ["member"];
    /// A word of a name.
    Word: "member_words", "word", [];
    /// What tells nicknames apart.
    NicknameKey: "nicknames", "key", [];
    /// A nickname as it is shown.
    Nickname: "nicknames", "nickname", [];
    /// Where a reward is sent to.
    Address: "addresses", "address", ["wallet", "redemption"];
    /// Cases, claims, talks, reports, adjustments that wait.
    Case: "cases", "body", ["kind", "id"];
    /// What a message says.
    Message: "messages", "content", ["send", "member"];
    /// Why it was not sent, where the other side said so in words.
    Reason: "messages", "reason", [];
    /// What is sent to whom.
    Send: "sends", "body", ["send"];
    /// What somebody wrote in a survey.
    Answer: "askings", "words", ["member", "asking"];
    /// What a shop told.
    Told: "connector_deliveries", "body", ["connector", "delivery"];
    /// What became of it.
    Said: "connector_deliveries", "said", ["connector", "delivery"];
    /// What addresses are hashed with, and tokens are signed with.
    Secret: "portal_secrets", "secret", [];
    /// What people set by hand: people of the shop, connections to others with their secrets.
    Setting: "records", "body", ["kind", "id"];
    /// From where somebody of the shop signed in.
    About: "sessions", "about", ["hash"];
}

impl Field {
    pub(crate) const fn place(self) -> (&'static str, &'static str) {
        let field = &FIELDS[self as usize];
        (field.table, field.column)
    }

    /// Which columns name its row.
    pub(crate) const fn row(self) -> &'static [&'static str] {
        FIELDS[self as usize].row
    }

    pub(crate) fn of(table: &str, column: &str) -> Option<Self> {
        let mut all = Self::ALL.iter();
        all.find(|field| field.place() == (table, column)).copied()
    }

    /// Whether it looks the same each time: something is found by it.
    pub(crate) const fn is_alike(self) -> bool {
        matches!(
            self,
            Self::Word | Self::NicknameKey | Self::Nickname | Self::Reason
        )
    }

    /// Whether it is found by a token before it.
    pub(crate) const fn is_found(self) -> bool {
        matches!(self, Self::IdentityValue)
    }

    /// Whether codes of ours stand in it beside words of others, and stay in clear.
    pub(crate) const fn keeps_codes(self) -> bool {
        matches!(self, Self::Reason)
    }

    /// Whether this stands there of itself, closed or not.
    pub(crate) fn may_stand_in_clear(self, cell: &str) -> bool {
        match self {
            // Nothing is known of them, so there is no row.
            Self::Attributes => cell == "{}",
            // The words of merchants who leave them in clear.
            Self::Word => true,
            other => other.keeps_codes() && is_code(cell),
        }
    }
}

/// What a database refuses while it is closed: values in clear. Whoever began to use it before, and has no key, does
/// not know of the vault; what they write would be found by nobody. Also of whoever forgets to close something.
pub(crate) fn guards(sqlite: bool, closed: bool) -> String {
    let is_guarded = |field: &&Field| {
        !field.keeps_codes() && !matches!(field, Field::Word | Field::Secret | Field::IdentityTyped)
    };
    let mut sql = String::new();
    if closed && !sqlite {
        sql += "CREATE OR REPLACE FUNCTION vault_is_closed() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'personal fields of this database are closed'; END $$;\n";
    }
    for (at, field) in Field::ALL.iter().filter(is_guarded).enumerate() {
        let (table, column) = field.place();
        let clear = format!("NEW.{column} IS NOT NULL AND substr(NEW.{column}, 1, 1) <> '!'");
        sql += &match (sqlite, closed) {
            (true, true) => ["INSERT".to_owned(), format!("UPDATE OF {column}")]
                .iter()
                .enumerate()
                .map(|(which, deed)| {
                    format!(
                        "CREATE TRIGGER IF NOT EXISTS vault_{at}_{which} BEFORE {deed} ON {table} WHEN {clear}
                         BEGIN SELECT RAISE(ABORT, 'personal fields of this database are closed'); END;\n"
                    )
                })
                .collect(),
            (true, false) => format!(
                "DROP TRIGGER IF EXISTS vault_{at}_0; DROP TRIGGER IF EXISTS vault_{at}_1;\n"
            ),
            (false, true) => format!(
                "DROP TRIGGER IF EXISTS vault_{at} ON {table};
                 CREATE TRIGGER vault_{at} BEFORE INSERT OR UPDATE OF {column} ON {table}
                 FOR EACH ROW WHEN ({clear}) EXECUTE FUNCTION vault_is_closed();\n"
            ),
            (false, false) => format!("DROP TRIGGER IF EXISTS vault_{at} ON {table};\n"),
        };
    }
    if !closed && !sqlite {
        sql += "DROP FUNCTION IF EXISTS vault_is_closed();";
    }
    sql
}

/// Whether a text is a code of ours: nobody's words.
pub(crate) fn is_code(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Texts and bytes that stand in clear, vault or not, and why: table, column (`*` for all others of the table), reason.
pub const CLEAR: &[(&str, &str, &str)] = &[
    ("accepted_terms", "*", "ids, and which terms there were"),
    ("addresses", "*", "ids"),
    ("api_keys", "*", "keys of programs, as hashes"),
    (
        "askings",
        "*",
        "ids, codes, what was picked of options that the shop wrote",
    ),
    (
        "audit",
        "*",
        "proved by hashes that cover it: what people of the shop did, and why",
    ),
    ("audit_heads", "*", "a hash"),
    ("bookmarks", "*", "how far jobs came"),
    (
        "bounced_addresses",
        "address",
        "a hash with the merchant's secret, which is closed",
    ),
    (
        "cards",
        "*",
        "numbers that the shop had printed; whose a card is, an id says",
    ),
    ("case_marks", "*", "hashes of receipts, and ids"),
    ("cases", "*", "ids and codes"),
    ("code_batches", "*", "ids"),
    ("code_history", "*", "codes of coupons"),
    ("codes", "*", "codes of coupons, and ids"),
    ("confirmations", "*", "ids"),
    (
        "connector_deliveries",
        "*",
        "numbers of the platform, codes",
    ),
    ("draw_secrets", "secret", "published when its month is over"),
    ("duplicates", "*", "ids, and codes of reasons"),
    ("entries", "*", "the books"),
    ("event_keys", "*", "the books"),
    ("fulfilments", "*", "what the books say of parcels"),
    ("identities", "*", "ids, and hashes with the key"),
    ("journey_deeds", "*", "ids and codes"),
    ("journey_members", "*", "ids and times"),
    ("log", "*", "the books: proved by hashes that cover them"),
    ("master_data", "*", "products and stores"),
    ("member_sessions", "*", "ids, and hashes of secrets"),
    ("member_words", "*", "ids"),
    ("members", "*", "ids"),
    (
        "messages",
        "*",
        "ids, codes, hashes with the merchant's secret, which is closed",
    ),
    ("nicknames", "*", "ids"),
    ("offer_budgets", "*", "ids"),
    ("offer_choices", "*", "ids and codes"),
    ("offer_known", "*", "ids"),
    ("orders", "*", "the books"),
    ("payment_requests", "*", "ids"),
    (
        "portrait_names",
        "*",
        "figures of the books, and what programs declare",
    ),
    ("portrait_states", "*", "figures of the books"),
    ("portraits", "*", "figures of the books"),
    ("product_links", "*", "products"),
    ("profiles", "*", "ids"),
    ("program_versions", "*", "who changed the program"),
    ("programs", "*", "programs"),
    ("recommended", "*", "ids and products"),
    ("records", "*", "ids and kinds"),
    ("schema_versions", "*", "the tables themselves"),
    ("scores", "*", "ids"),
    ("seals", "*", "hashes of the books"),
    ("segment_members", "*", "ids"),
    ("segment_moves", "*", "ids"),
    ("sends", "*", "ids"),
    ("sessions", "*", "ids, and hashes of secrets"),
    (
        "sign_in_codes",
        "*",
        "hashes with the merchant's secret, which is closed",
    ),
    ("submissions_waiting", "*", "ids"),
    ("subscribers", "*", "ids"),
    ("supplier_codes", "*", "codes of suppliers"),
    ("tenants", "*", "merchants"),
    ("unsealed", "*", "hashes of the books"),
    ("vault", "*", "which key is in force"),
    ("wallets", "*", "what the books come to"),
    ("webhook_endpoints", "*", "ids, and what endpoints answered"),
    ("webhook_letters", "*", "ids, and what endpoints answered"),
    ("webhook_streams", "*", "ids, and what endpoints answered"),
];
