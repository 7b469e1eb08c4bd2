//! A row in memory: a few words of 32 bits, as few as the files allow.

/// Which words a row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Two words for the customer instead of one: whole numbers beyond 32 bits.
    pub(super) wide_customer: bool,
    /// Two words for the amount instead of one: amounts beyond 32 bits are possible.
    pub(super) wide_amount: bool,
    /// Two words for the hash of the order's number.
    pub(super) order: bool,
    /// A word for the group.
    pub(super) group: bool,
    /// A word for the kind of product.
    pub(super) kind: bool,
}

/// What is kept of a row of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) customer: u64,
    pub(super) order: u64,
    pub(super) day: i32,
    pub(super) amount: i64,
    pub(super) group: u32,
    pub(super) kind: u32,
}

impl Layout {
    /// Nothing but customer, day and amount, a word each.
    pub(super) const fn is_plain(self) -> bool {
        !(self.wide_customer || self.wide_amount || self.order || self.group || self.kind)
    }

    /// How many words a row has.
    pub(super) const fn words(self) -> usize {
        3 + self.wide_customer as usize
            + self.wide_amount as usize
            + 2 * self.order as usize
            + self.group as usize
            + self.kind as usize
    }

    /// Whether the words of a row hold this one.
    #[inline]
    pub(super) fn fits(self, row: &Row) -> bool {
        (self.wide_customer || u32::try_from(row.customer).is_ok())
            && (self.wide_amount || i32::try_from(row.amount).is_ok())
    }

    /// The words of a row that has nothing but these three.
    #[inline]
    pub(super) const fn plain(row: &Row) -> [u32; 3] {
        [
            low(row.customer),
            row.day.cast_unsigned(),
            low(row.amount.cast_unsigned()),
        ]
    }

    #[inline]
    pub(super) fn write(self, row: &Row, to: &mut Vec<u32>) {
        to.push(low(row.customer));
        if self.wide_customer {
            to.push(high(row.customer));
        }
        to.push(row.day.cast_unsigned());
        let amount = row.amount.cast_unsigned();
        to.push(low(amount));
        if self.wide_amount {
            to.push(high(amount));
        }
        if self.order {
            to.push(low(row.order));
            to.push(high(row.order));
        }
        if self.group {
            to.push(row.group);
        }
        if self.kind {
            to.push(row.kind);
        }
    }

    #[inline]
    pub(super) fn read(self, words: &[u32]) -> Row {
        let mut at = 0;
        let mut next = || {
            at += 1;
            words[at - 1]
        };
        let mut row = Row {
            customer: next().into(),
            ..Row::default()
        };
        if self.wide_customer {
            row.customer = whole(low(row.customer), next());
        }
        row.day = next().cast_signed();
        let amount = next();
        row.amount = if self.wide_amount {
            whole(amount, next()).cast_signed()
        } else {
            amount.cast_signed().into()
        };
        if self.order {
            let order = next();
            row.order = whole(order, next());
        }
        if self.group {
            row.group = next();
        }
        if self.kind {
            row.kind = next();
        }
        row
    }
}

const fn low(number: u64) -> u32 {
    number as u32
}

const fn high(number: u64) -> u32 {
    low(number >> 32)
}

const fn whole(low: u32, high: u32) -> u64 {
    low as u64 | (high as u64) << 32
}

/// Spreads numbers: one multiplication, whose high bits are well mixed.
#[inline]
pub(super) const fn spread(number: u64) -> u64 {
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The part that a customer's rows belong to.
#[inline]
pub(super) const fn part_of(customer: u64) -> usize {
    (spread(customer) >> 56) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_was_written_is_read(
            flags: [bool; 5], customer: u64, order: u64, day: i32, amount: i64, group: u32, kind: u32,
        ) {
            let [wide_customer, wide_amount, has_order, has_group, has_kind] = flags;
            let layout = Layout { wide_customer, wide_amount, order: has_order, group: has_group, kind: has_kind };
            let row = Row {
                customer: if wide_customer { customer } else { u64::from(low(customer)) },
                order: if has_order { order } else { 0 },
                day,
                amount: if wide_amount { amount } else { i64::from(low(amount.cast_unsigned()).cast_signed()) },
                group: if has_group { group } else { 0 },
                kind: if has_kind { kind } else { 0 },
            };
            let mut words = Vec::new();
            layout.write(&row, &mut words);
            proptest::prop_assert_eq!(words.len(), layout.words());
            proptest::prop_assert_eq!(layout.read(&words), row);
        }
    }
}
