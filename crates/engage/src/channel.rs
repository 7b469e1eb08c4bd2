//! The ways in which a member may be reached.

/// A way to reach a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A letter, over SMTP.
    Email,
    /// The inbox on the pages for members: nothing leaves the house.
    Inbox,
    /// A text message, by a provider.
    Sms,
    /// A notice on a phone, by a provider.
    Push,
    /// Telegram, by a provider.
    Telegram,
    /// `WhatsApp`, by a provider.
    WhatsApp,
    /// VK, by a provider.
    Vk,
    /// `WeChat`, by a provider.
    WeChat,
    /// LINE, by a provider.
    Line,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Email,
        Self::Inbox,
        Self::Sms,
        Self::Push,
        Self::Telegram,
        Self::WhatsApp,
        Self::Vk,
        Self::WeChat,
        Self::Line,
    ];

    /// Its name in settings, records and answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Inbox => "inbox",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::Telegram => "telegram",
            Self::WhatsApp => "whatsapp",
            Self::Vk => "vk",
            Self::WeChat => "wechat",
            Self::Line => "line",
        }
    }

    /// By its name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.name() == name)
    }

    /// The kind of identity that is the address; nothing where the member is found without one.
    pub const fn identity(self) -> Option<&'static str> {
        match self {
            Self::Inbox => None,
            Self::Sms | Self::WhatsApp => Some("phone"),
            other => Some(other.name()),
        }
    }

    /// Whether it comes to the member by itself. What waits in the inbox disturbs nobody: it needs no
    /// consent, may come at night, and counts for no cap.
    pub const fn comes(self) -> bool {
        !matches!(self, Self::Inbox)
    }
}
