//! Households and organisations.

use regulars_base::Name;

/// A sort of group that members may form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRule {
    /// Its id.
    pub id: String,
    /// Its id, as a number.
    pub name: Name,
    /// What people call it.
    pub title: String,
    /// What it is.
    pub kind: GroupKind,
    /// How many may belong to it.
    pub people_max: usize,
    /// Whether anybody may come in who asks.
    pub open: bool,
    /// Whether people bring their points along.
    pub bring: bool,
    /// For how many days after leaving a group one may not come into another.
    pub rejoin_days: i32,
    /// For how many days an invitation holds.
    pub invited_days: i32,
    /// What whoever leaves takes along.
    pub on_leaving: OnLeaving,
    /// What happens when its head leaves.
    pub head_leaves: HeadLeaves,
    /// What people in it may do: the first role is its head's, and only one has that; the second is
    /// what one is by oneself. Never empty.
    pub roles: Vec<GroupRoleRule>,
}

/// What a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// People who live together.
    Household,
    /// A business, a school, a club.
    Organisation,
    /// People who do challenges together. Each keeps their own wallet.
    Team,
}

/// What whoever leaves a group takes along of the points that can be spent then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLeaving {
    /// Nothing.
    Nothing,
    /// As much as everybody else would.
    Equal,
    /// In proportion to what they brought in.
    BroughtIn,
}

/// What happens when the head of a group leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadLeaves {
    /// Whoever has been in it longest is its head.
    LongestIsHead,
    /// They cannot, while there is anybody else: the group is handed on or closed first.
    NotAllowed,
}

/// What people with a role may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRoleRule {
    /// Its id.
    pub id: String,
    /// Its id, as a number.
    pub name: Name,
    /// Whether they may buy for the group.
    pub buy: bool,
    /// Whether they may spend its points.
    pub spend: bool,
    /// Whether they may let others in.
    pub invite: bool,
    /// Whether they may put others out, give roles, change what is known of the group, and close it.
    pub manage: bool,
    /// How many points each may spend in a month, where that is limited.
    pub spend_max: Vec<(Name, i64)>,
}

impl GroupRule {
    /// Whether its people share challenges alone, and no wallet.
    pub fn is_team(&self) -> bool {
        self.kind == GroupKind::Team
    }

    /// Its id, and those of its roles.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.named().map(|(_, id)| id.as_str())
    }

    /// The same, with what states call them.
    pub(crate) fn named(&self) -> impl Iterator<Item = (Name, &String)> {
        let roles = self.roles.iter().map(|role| (role.name, &role.id));
        std::iter::once((self.name, &self.id)).chain(roles)
    }

    /// The role of this name.
    pub fn role(&self, name: Name) -> Option<&GroupRoleRule> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// The role of whoever heads it.
    pub fn head(&self) -> Name {
        self.roles[0].name
    }

    /// What one is by oneself.
    pub fn plain(&self) -> Name {
        self.roles.get(1).unwrap_or(&self.roles[0]).name
    }
}
