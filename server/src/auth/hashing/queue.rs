//! Who is hashed for next: browsers that the account was used with and people who are signed in before
//! strangers, and among each of these one line after the other. So nobody waits behind somebody else's
//! flood, and a flood has its own to wait behind.

use std::collections::{HashMap, VecDeque};

use crate::domain::{Network, UserId};

/// Who waits together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// Whoever has shown that this account was theirs before.
    Owner(UserId),
    /// Strangers from one network, where that is known.
    Strangers(Option<Network>),
}

/// What waits, up to a number of each kind.
#[derive(Debug)]
pub(super) struct FairQueue<T> {
    owners: Turns<T>,
    strangers: Turns<T>,
}

/// What came of joining a queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Joined {
    /// One more waits.
    Added,
    /// As many wait as before: the last of the longest line had to go.
    Instead,
    /// There is no place.
    Full,
}

impl<T> FairQueue<T> {
    pub(super) fn new(most: usize) -> Self {
        Self { owners: Turns::new(most), strangers: Turns::new(most) }
    }

    /// Lets somebody wait. Where all places are taken, those that `is_over` are cleared away first, and
    /// then the longest line gives one up to a shorter one.
    pub(super) fn join(&mut self, line: Line, waiting: T, is_over: impl Fn(&T) -> bool) -> Joined {
        match line {
            Line::Owner(_) => self.owners.join(line, waiting, is_over),
            Line::Strangers(_) => self.strangers.join(line, waiting, is_over),
        }
    }

    /// Whose turn it is.
    pub(super) fn next(&mut self) -> Option<T> {
        self.owners.next().or_else(|| self.strangers.next())
    }
}

/// Lines that take turns. None of them is empty.
#[derive(Debug)]
struct Turns<T> {
    lines: HashMap<Line, VecDeque<T>>,
    order: VecDeque<Line>,
    count: usize,
    most: usize,
}

impl<T> Turns<T> {
    fn new(most: usize) -> Self {
        Self { lines: HashMap::new(), order: VecDeque::new(), count: 0, most }
    }

    fn join(&mut self, line: Line, waiting: T, is_over: impl Fn(&T) -> bool) -> Joined {
        if self.count >= self.most {
            self.clear(is_over);
        }
        let mut joined = Joined::Added;
        if self.count >= self.most {
            if !self.give_up_one(self.lines.get(&line).map_or(0, VecDeque::len)) {
                return Joined::Full;
            }
            joined = Joined::Instead;
        }
        let queue = self.lines.entry(line).or_default();
        if queue.is_empty() {
            self.order.push_back(line);
        }
        queue.push_back(waiting);
        self.count += 1;
        joined
    }

    fn next(&mut self) -> Option<T> {
        let line = self.order.pop_front()?;
        let queue = self.lines.get_mut(&line)?;
        let next = queue.pop_front();
        if queue.is_empty() {
            self.lines.remove(&line);
        } else {
            self.order.push_back(line);
        }
        self.count -= usize::from(next.is_some());
        next
    }

    /// The longest line gives up its last, if it would still not be shorter than one of `length` that
    /// grows by one.
    fn give_up_one(&mut self, length: usize) -> bool {
        let longest = self.lines.values_mut().max_by_key(|queue| queue.len());
        let Some(queue) = longest.filter(|queue| queue.len() > length + 1) else { return false };
        queue.pop_back();
        self.count -= 1;
        true
    }

    fn clear(&mut self, is_over: impl Fn(&T) -> bool) {
        self.lines.retain(|_, queue| {
            queue.retain(|waiting| !is_over(waiting));
            !queue.is_empty()
        });
        self.order.retain(|line| self.lines.contains_key(line));
        self.count = self.lines.values().map(VecDeque::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::*;

    fn from(last: u8) -> Line {
        Line::Strangers(Some(IpAddr::from([192, 0, 2, last]).into()))
    }

    fn queue(most: usize, joining: &[(Line, u32)]) -> FairQueue<u32> {
        let mut queue = FairQueue::new(most);
        for (line, number) in joining {
            queue.join(*line, *number, |_| false);
        }
        queue
    }

    fn all(mut queue: FairQueue<u32>) -> Vec<u32> {
        std::iter::from_fn(|| queue.next()).collect()
    }

    #[test]
    fn lines_take_turns() {
        let (a, b, c) = (from(1), from(2), Line::Strangers(None));
        let waiting = queue(9, &[(a, 1), (a, 2), (a, 3), (b, 4), (c, 5), (b, 6)]);
        assert_eq!(all(waiting), [1, 4, 5, 2, 6, 3]);
    }

    #[test]
    fn owners_go_first() {
        let ada = Line::Owner(UserId(1));
        let waiting = queue(9, &[(from(1), 1), (from(2), 2), (ada, 3), (ada, 4)]);
        assert_eq!(all(waiting), [3, 4, 1, 2]);
    }

    #[test]
    fn the_longest_line_makes_room() {
        let (a, b) = (from(1), from(2));
        let mut waiting = queue(4, &[(a, 1), (a, 2), (a, 3), (a, 4)]);
        let mut join = |line, number| waiting.join(line, number, |_| false);
        assert_eq!(join(a, 5), Joined::Full);
        assert_eq!((join(b, 6), join(b, 7)), (Joined::Instead, Joined::Instead));
        assert_eq!((join(b, 8), join(a, 9)), (Joined::Full, Joined::Full));
        assert_eq!(
            join(Line::Owner(UserId(1)), 10),
            Joined::Added,
            "strangers take no place of theirs"
        );
        assert_eq!(all(waiting), [10, 1, 6, 2, 7]);
    }

    #[test]
    fn whoever_has_left_makes_room_first() {
        let (a, b) = (from(1), from(2));
        let mut waiting = queue(3, &[(a, 1), (a, 2), (b, 3)]);
        assert_eq!(waiting.join(a, 4, |number| *number == 1 || *number == 3), Joined::Added);
        assert_eq!(all(waiting), [2, 4]);
    }

    proptest! {
        #[test]
        fn the_count_is_right_and_nobody_is_lost(
            steps in prop::collection::vec((0..6_u8, 0..3_u8), 0..200)
        ) {
            let mut waiting = FairQueue::new(5);
            let mut inside = 0;
            for (line, step) in steps {
                match step {
                    0 => inside -= usize::from(waiting.next().is_some()),
                    _ => inside += usize::from(
                        waiting.join(from(line), 0, |_| false) == Joined::Added
                    ),
                }
                prop_assert!(inside <= 5);
                prop_assert_eq!(waiting.strangers.count, inside);
                prop_assert_eq!(waiting.strangers.order.len(), waiting.strangers.lines.len());
            }
            prop_assert_eq!(std::iter::from_fn(|| waiting.next()).count(), inside);
        }
    }
}
