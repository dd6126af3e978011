//! How many refusals are recorded one by one. Somebody, or a program of theirs, that is refused all the time must not be
//! able to fill the disk: of each actor so many refusals a minute get a record of their own, and what comes above that
//! is counted and recorded together, per kind of act. Never decides what is refused.

use super::{Event, Outcome};
use jiff::Timestamp;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Refusals of one actor in one minute that get a record of their own.
pub const ONE_BY_ONE: u32 = 30;

/// The refusals of this minute.
#[derive(Default)]
pub struct Refusals(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    /// Since 1970.
    number: i64,
    recorded: HashMap<String, u32>,
    /// Actor, act and way, with how often it was refused beyond that.
    more: BTreeMap<(String, String, String), u64>,
}

impl Refusals {
    /// What to record now that `event` was refused: the event itself or nothing, and what was counted before this
    /// minute.
    pub fn refused(&self, event: Event) -> Vec<Event> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events = minute.turn(event.tijd);
        let recorded = minute.recorded.entry(event.actor.clone()).or_default();
        match *recorded < ONE_BY_ONE {
            true => {
                *recorded += 1;
                events.push(event);
            }
            false => {
                let key = (event.actor, event.actie, event.oorsprong);
                *minute.more.entry(key).or_default() += 1;
            }
        }
        events
    }

    /// What was counted and is to be recorded now: that of a minute that is over, or all of it when the program ends.
    pub fn counted(&self, now: Timestamp, ends: bool) -> Vec<Event> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match ends {
            true => minute.empty(now),
            false => minute.turn(now),
        }
    }
}

impl Minute {
    /// Begins a new minute when it is time; gives what the one before counted.
    fn turn(&mut self, now: Timestamp) -> Vec<Event> {
        let number = now.as_second().div_euclid(60);
        if number == self.number {
            return Vec::new();
        }
        let events = self.empty(now);
        self.number = number;
        self.recorded.clear();
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
        assert_eq!(made.len(), ONE_BY_ONE as usize + 1, "each actor on its own");
        let next = refusals.refused(event(60, "a"));
        assert_eq!(next.len(), 2);
        assert_eq!(next[0].gegevens["niet_een_voor_een"], 10_000 - ONE_BY_ONE);
        assert_eq!(
            (next[0].actor.as_str(), next[0].actie.as_str()),
            ("a", "rol")
        );
        assert!(refusals.counted(event(119, "a").tijd, false).is_empty());
    }

    #[test]
    fn what_was_counted_is_recorded_when_the_minute_or_the_program_ends() {
        let refusals = Refusals::default();
        let flood = |second| {
            for _ in 0..=ONE_BY_ONE {
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
