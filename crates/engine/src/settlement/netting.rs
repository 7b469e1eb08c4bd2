//! From what each party has coming to who pays whom.

use regulars_base::Name;

/// Money from one party to another, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Who pays; nobody is the operator.
    pub from: Option<Name>,
    /// Who is paid.
    pub to: Option<Name>,
    /// How much.
    pub amount: i64,
}

/// What a party has coming (owes, below zero).
type Position = (Option<Name>, i64);

/// Of so many parties the fewest payments are found; of more, few: one less than there are parties.
const EXACT_MOST: usize = 14;

/// Who pays whom, so that everybody has what they have coming. Positions add up to zero. The payments
/// are as few as can be: parties whose positions add up to zero among themselves settle among
/// themselves, in as many such groups as there are. The same positions give the same payments.
pub fn net(mut positions: Vec<Position>) -> Vec<Payment> {
    let sum: i64 = positions.iter().map(|(_, amount)| amount).sum();
    assert!(sum == 0, "what some have coming, others owe");
    positions.retain(|(_, amount)| *amount != 0);
    positions.sort_unstable();
    let groups = match positions.len() {
        0 => Vec::new(),
        1..=EXACT_MOST => groups(&positions),
        _ => vec![positions],
    };
    groups.into_iter().flat_map(settle).collect()
}

/// Splits the parties into as many groups that add up to zero as possible. A set of parties that is
/// put together one by one passes zero at most so often as it has such groups, so it is enough to
/// know for each set which party to add last.
fn groups(positions: &[Position]) -> Vec<Vec<Position>> {
    let count = positions.len();
    let sets = 1_usize << count;
    let mut sums = vec![0_i64; sets];
    let mut best = vec![(0_u8, 0_u8); sets];
    for set in 1..sets {
        let first = usize::try_from(set.trailing_zeros()).unwrap_or(0);
        sums[set] = sums[set & (set - 1)] + positions[first].1;
        let closes = u8::from(sums[set] == 0);
        for at in (0..count).filter(|at| set >> at & 1 == 1) {
            let groups = best[set ^ (1 << at)].0 + closes;
            if groups > best[set].0 || at == first {
                best[set] = (groups, u8::try_from(at).unwrap_or(0));
            }
        }
    }
    let mut groups: Vec<Vec<Position>> = Vec::new();
    let mut set = sets - 1;
    while set != 0 {
        if sums[set] == 0 {
            groups.push(Vec::new());
        }
        let last = usize::from(best[set].1);
        if let Some(group) = groups.last_mut() {
            group.push(positions[last]);
        }
        set ^= 1 << last;
    }
    groups.reverse();
    groups
}

/// Within a group whoever owes most pays whoever has most coming, until one of them is done.
fn settle(mut group: Vec<Position>) -> Vec<Payment> {
    let mut payments = Vec::new();
    loop {
        group.retain(|(_, amount)| *amount != 0);
        let by_amount = |place: &usize| (group[*place].1, std::cmp::Reverse(group[*place].0));
        let least = (0..group.len()).min_by_key(by_amount);
        let most = (0..group.len()).max_by_key(by_amount);
        let (Some(from), Some(to)) = (least, most) else {
            return payments;
        };
        let amount = group[to].1.min(-group[from].1);
        assert!(amount > 0, "a group adds up to zero");
        payments.push(Payment {
            from: group[from].0,
            to: group[to].0,
            amount,
        });
        group[from].1 += amount;
        group[to].1 -= amount;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parties(amounts: &[i64]) -> Vec<Position> {
        let names = (0..).map(|at: u32| (at > 0).then_some(Name::from_number(at)));
        names.zip(amounts.iter().copied()).collect()
    }

    #[test]
    fn groups_that_are_even_among_themselves_settle_among_themselves() {
        let payments = net(parties(&[-500, 300, 700, -300, -200]));
        assert_eq!(payments.len(), 3, "{payments:?}");
        assert_eq!(net(parties(&[0, 0])), []);
    }

    proptest! {
        #[test]
        fn everybody_has_what_they_have_coming_by_few_payments(
            amounts in proptest::collection::vec(-2_000..2_000_i64, 0..20),
            pairs in proptest::collection::vec(1..100_i64, 0..5),
        ) {
            let mut amounts = amounts;
            amounts.extend(pairs.iter().flat_map(|amount| [*amount, -amount]));
            let owed: i64 = amounts.iter().sum();
            amounts.push(-owed);
            let parties = parties(&amounts);
            let payments = net(parties.clone());
            let open = parties.iter().filter(|(_, amount)| *amount != 0).count();
            prop_assert!(payments.len() < open.max(1));
            prop_assert!(payments.iter().all(|payment| payment.amount > 0));
            for (party, coming) in parties {
                let sum = |of: &dyn Fn(&Payment) -> Option<Name>| -> i64 {
                    let own = payments.iter().filter(|payment| of(payment) == party);
                    own.map(|payment| payment.amount).sum()
                };
                prop_assert_eq!(sum(&|it| it.to) - sum(&|it| it.from), coming);
            }
        }
    }
}
