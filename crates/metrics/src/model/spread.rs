//! Work that is spread over threads, with the same result for any number of them.

use std::sync::atomic::{AtomicUsize, Ordering};

/// What each task gives, in the order of the tasks.
///
/// A task is a piece of the data whose bounds do not depend on the number of threads; sums that are
/// made of the pieces in their order are therefore the same to the last bit on one core and on many.
pub fn in_order<Task: Sync, Out: Send>(
    threads: usize,
    tasks: &[Task],
    work: impl Fn(&Task) -> Out + Sync,
) -> Vec<Out> {
    if threads <= 1 || tasks.len() <= 1 {
        return tasks.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            match tasks.get(place) {
                Some(task) => done.push((place, work(task))),
                None => return done,
            }
        }
    };
    let mut all = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.min(tasks.len()))
            .map(|_| scope.spawn(take))
            .collect();
        let mut all = take();
        for other in others {
            match other.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, out)| out).collect()
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_stand_in_the_order_of_the_tasks() {
        let tasks: Vec<u32> = (0..1000).collect();
        for threads in [1, 2, 7] {
            assert_eq!(in_order(threads, &tasks, |task| task * 2)[999], 1998);
        }
    }
}
