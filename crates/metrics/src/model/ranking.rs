//! How well a forecast puts customers in order: the area under the ROC curve, and Gini's coefficient.

/// The area under the ROC curve: how often of two customers, one of whom did it and one did not, the
/// one who did has the higher score; ties count half. `None` where all or none did.
#[must_use]
pub fn area_under_roc(scores: &[f64], did: &[bool]) -> Option<f64> {
    let mut order: Vec<usize> = (0..scores.len().min(did.len())).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut below, mut won, mut those_who_did) = (0.0, 0.0, 0.0);
    for same in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let yes = same.iter().filter(|&&place| did[place]).count() as f64;
        let no = same.len() as f64 - yes;
        won += yes * (below + 0.5 * no);
        below += no;
        those_who_did += yes;
    }
    (below > 0.0 && those_who_did > 0.0).then(|| won / (below * those_who_did))
}

/// Gini's coefficient of an order by `scores` over `amounts`, as a share of what the best order would
/// have: 1 where customers stand exactly in the order of what they came to, 0 where the order says
/// nothing. Ties share their places. `None` where all came to the same.
#[must_use]
pub fn gini(scores: &[f64], amounts: &[f64]) -> Option<f64> {
    let best = lean(amounts, amounts)?;
    (best > 0.0).then(|| lean(scores, amounts).map(|lean| lean / best))?
}

/// Twice the area between the curve of cumulated amounts and the diagonal.
fn lean(scores: &[f64], amounts: &[f64]) -> Option<f64> {
    let total: f64 = amounts.iter().sum();
    if total.is_nan() || total <= 0.0 || scores.len() != amounts.len() {
        return None;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut before, mut area) = (0.0, 0.0);
    for same in order.chunk_by(|&a, &b| scores[a] == scores[b]) {
        let amount: f64 = same.iter().map(|&place| amounts[place]).sum();
        area += same.len() as f64 * (before + 0.5 * amount);
        before += amount;
    }
    Some(1.0 - 2.0 * area / (total * scores.len() as f64))
}

#[cfg(test)]
mod tests {
    use super::{area_under_roc, gini};

    #[test]
    fn orders_that_are_right_wrong_or_none_are_told_apart() {
        let did = [false, true, false, true];
        assert_eq!(area_under_roc(&[1.0, 3.0, 2.0, 4.0], &did), Some(1.0));
        assert_eq!(area_under_roc(&[4.0, 2.0, 3.0, 1.0], &did), Some(0.0));
        assert_eq!(area_under_roc(&[1.0; 4], &did), Some(0.5));
        assert_eq!(area_under_roc(&[1.0], &[true]), None);
        let amounts = [1.0, 0.0, 5.0, 2.0];
        assert_eq!(gini(&amounts, &amounts), Some(1.0));
        assert_eq!(gini(&[3.0; 4], &amounts), Some(0.0));
        assert!(gini(&[-1.0, 0.0, -5.0, -2.0], &amounts).unwrap() < -0.9);
        assert_eq!(gini(&[1.0; 2], &[0.0; 2]), None);
        assert_eq!(gini(&[1.0, 2.0], &[3.0; 2]), None);
    }
}
