//! What a shop need not keep for ever: where it stands, from when on it is old, and how it is let go.

/// Something personal that is let go after a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aging {
    /// What messages said, and to which address they went. That one went, and when, stays.
    Messages,
    /// What members wrote in surveys. Numbers that they gave stay.
    Answers,
    /// Where rewards were sent, once they have come or will not.
    Addresses,
}

impl Aging {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Messages, Self::Answers, Self::Addresses];

    const fn table(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Answers => "askings",
            Self::Addresses => "addresses",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Messages => "tenant, send, member",
            Self::Answers => "tenant, member, asking",
            Self::Addresses => "tenant, wallet, redemption",
        }
    }

    /// Which rows of a tenant ($1) are older than a moment ($2) and still say something.
    const fn old(self) -> &'static str {
        match self {
            Self::Messages => {
                "t.at < $2 AND t.due IS NULL AND t.stage <> 0
                 AND (t.content IS NOT NULL OR t.address IS NOT NULL)"
            }
            Self::Answers => "t.answered_at < $2 AND t.words IS NOT NULL",
            Self::Addresses => {
                "EXISTS (SELECT 1 FROM fulfilments f
                         WHERE f.tenant = t.tenant AND f.wallet = t.wallet
                           AND f.redemption = t.redemption AND f.since < $2
                           AND f.state IN ('delivered', 'failed', 'returned', 'cancelled'))"
            }
        }
    }

    /// How many there are.
    pub(crate) fn count(self) -> String {
        let (table, old) = (self.table(), self.old());
        format!("SELECT {AGING} count(*) FROM {table} t WHERE t.tenant = $1 AND {old}")
    }

    /// Lets so many ($3) go.
    pub(crate) fn let_go(self) -> String {
        let (table, key, old) = (self.table(), self.key(), self.old());
        let deed = match self {
            Self::Messages => "UPDATE messages SET content = NULL, address = NULL",
            Self::Answers => "UPDATE askings SET words = NULL",
            Self::Addresses => "DELETE FROM addresses",
        };
        format!(
            "{deed} WHERE ({key}) IN
                 (SELECT {AGING} {key} FROM {table} t WHERE t.tenant = $1 AND {old} LIMIT $3)"
        )
    }
}

/// Marks the statements that go through all of a kind, once a night.
const AGING: &str = "/* aging */";
