//! How many refusals are recorded one by one. Somebody, or a program of theirs, that is refused all the time must not be
//! able to fill the disk: of each actor a good number of refusals gets a record of its own, and after that only so many a
//! minute. What comes above that is counted and recorded together, per kind of act. Never decides what is refused.

use super::{Event, Outcome};
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Refusals of one actor that get a record of their own after a time without any.
const BURST: u32 = 1_000;
/// How many more may every minute. At about half a kilobyte a record that is some 20 MB a day.
const EACH_MINUTE: u32 = 30;

/// The refusals of this minute.
pub struct Refusals {
    burst: u32,
    minute: Mutex<Minute>,
}

impl Default for Refusals {
    fn default() -> Self {
        Self::new(BURST)
    }
}

#[derive(Default)]
struct Minute {
    /// Since 1970.
    number: i64,
    /// How many of each actor may still have a record of their own; of who is not here as many as can be.
    left: HashMap<String, u32>,
    /// Actor, act and way, with how often it was refused beyond that.
    more: BTreeMap<(String, String, String), u64>,
}

impl Refusals {
    /// With so many records of their own at most at once.
    pub fn new(burst: u32) -> Self {
        Refusals {
            burst,
            minute: Mutex::default(),
        }
    }

    /// What to record now that `event` was refused: the event itself or nothing, and what was counted before this
    /// minute.
    pub fn refused(&self, event: Event) -> Vec<Event> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = minute.turn(event.tijd, self.burst);
        let left = minute.left.entry(event.actor.clone()).or_insert(self.burst);
        match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                events.push(event);
            }
            None => {
                let key = (event.actor, event.actie, event.oorsprong);
                *minute.more.entry(key).or_default() += 1;
            }
        }
        events
    }

    /// What was counted and is to be recorded now: that of a minute that is over, or all of it when the program ends.
    pub fn counted(&self, now: Timestamp, ends: bool) -> Vec<Event> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        match ends {
            true => minute.empty(now),
            false => minute.turn(now, self.burst),
        }
    }
}

impl Minute {
    /// Begins a new minute when it is time; gives what the one before counted.
    fn turn(&mut self, now: Timestamp, burst: u32) -> Vec<Event> {
        let number = now.as_second().div_euclid(60);
        if number == self.number {
            return Vec::new();
        }
        let events = self.empty(now);
        // A clock that was put back gives nothing.
        let minutes = u32::try_from(number - self.number).unwrap_or(0);
        self.number = number;
        self.left.retain(|_, left| {
            *left = left.saturating_add(minutes.saturating_mul(EACH_MINUTE));
            *left < burst
        });
        events
    }

    fn empty(&mut self, now: Timestamp) -> Vec<Event> {
        let begun = Timestamp::from_second(self.number * 60).unwrap_or(now);
        let record = |((actor, actie, oorsprong), count)| Event {
            tijd: now,
            actor,
            actie,
            object: String::new(),
            resultaat: Outcome::Geweigerd,
            oorsprong,
            zaak: String::new(),
            gegevens: json!({"niet_een_voor_een": count, "in_de_minuut_van": begun.to_string()}),
            toelichting: None,
        };
        std::mem::take(&mut self.more)
            .into_iter()
            .map(record)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mensen::{Actor, Via};

    fn event(second: i64, actor: &str) -> Event {
        let actor = Actor {
            id: actor.into(),
            ..Actor::local(Via::Api)
        };
        Event {
            tijd: Timestamp::from_second(1_700_000_040 + second).expect("a time"),
            ..Event::done(&actor, "rol", "", json!({})).refused()
        }
    }

    #[test]
    fn a_flood_of_refusals_becomes_a_few_records_that_count_it() {
        let refusals = Refusals::default();
        let mut made = Vec::new();
        for at in 0..10_000 {
            made.extend(refusals.refused(event(at % 60, "a")));
        }
        made.extend(refusals.refused(event(59, "b")));
        assert_eq!(made.len(), BURST as usize + 1, "each actor on its own");
        // It goes on for a day, and every one is told.
        let (mut one_by_one, mut counted) = (0, 0);
        for minute in 1..=1_440 {
            for at in 0..60 {
                for made in refusals.refused(event(minute * 60 + at, "a")) {
                    match made.gegevens["niet_een_voor_een"].as_u64() {
                        Some(count) => counted += count,
                        None => one_by_one += 1,
                    }
                }
            }
        }
        counted +=
            refusals.counted(event(1_441 * 60, "a").tijd, false)[0].gegevens["niet_een_voor_een"]
                .as_u64()
                .expect("a count");
        assert_eq!(one_by_one, 1_440 * u64::from(EACH_MINUTE));
        assert_eq!(counted + one_by_one, 1_440 * 60 + 10_000 - u64::from(BURST));
    }

    #[test]
    fn who_was_refused_long_ago_has_all_records_of_their_own_again() {
        let refusals = Refusals::new(2);
        let made = |second| refusals.refused(event(second, "a")).len();
        assert_eq!((made(0), made(1), made(2), made(3)), (1, 1, 0, 0));
        assert_eq!(made(3_600), 2, "the count, and the new one");
        assert_eq!((made(3_601), made(3_602)), (1, 0));
        // A clock that is put back gives no more.
        assert_eq!(made(0), 1, "the count");
        assert_eq!(made(1), 0);
    }

    #[test]
    fn what_was_counted_is_recorded_when_the_minute_or_the_program_ends() {
        let refusals = Refusals::new(3);
        let flood = |second| {
            for _ in 0..=(3 + EACH_MINUTE) {
                refusals.refused(event(second, "a"));
            }
        };
        flood(0);
        assert!(refusals.counted(event(59, "a").tijd, false).is_empty());
        assert_eq!(refusals.counted(event(61, "a").tijd, false).len(), 1);
        assert!(
            refusals.counted(event(62, "a").tijd, false).is_empty(),
            "once"
        );
        flood(63);
        assert_eq!(refusals.counted(event(64, "a").tijd, true).len(), 1);
    }
}
