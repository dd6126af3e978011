//! Publishing the head of the chain, so that a trail that was cut or made anew does not fit what is known elsewhere. It
//! goes to the log of the program: at the first record or tick of a day in Amsterdam, after every so many records, and
//! at every export. Never writes in the trail.

use super::{Event, Head};
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::{Mutex, PoisonError};
use zv_shared::date::amsterdam;

/// Where the log says it comes from; what is logged there is shown also when less is not.
pub const TARGET: &str = "zoekenvind::auditspoor";

/// Records between two heads in the log. A day of work of a few people is some thousands: a handful of lines, while no
/// more than this can be made anew unseen by who has only the log.
const EVERY: u64 = 1_000;

/// What was published last.
#[derive(Default)]
pub struct Anker(Mutex<Option<(Date, u64)>>);

impl Anker {
    /// Publishes the head when these new records ask for it.
    pub fn added<'a>(&self, head: &Head, mut events: impl Iterator<Item = &'a Event>) {
        // What was kept when a case closed leaves the program too.
        let leaves = |actie: &str| actie.starts_with("uitvoer.") || actie == "versie.opgehaald";
        let export = events.any(|event| leaves(&event.actie));
        self.publish(head, export, Timestamp::now());
    }

    /// Publishes the head when a new day began.
    pub fn tick(&self, head: &Head) {
        self.publish(head, false, Timestamp::now());
    }

    fn publish(&self, head: &Head, export: bool, now: Timestamp) {
        if let Some(why) = self.due(head, export, now) {
            tracing::info!(target: TARGET, head = %head, why, "head of the audit trail");
        }
    }

    /// Why the head is to be published now. The first call only notes where things stand: a program that starts says
    /// its head by itself.
    fn due(&self, head: &Head, export: bool, now: Timestamp) -> Option<&'static str> {
        let today = now.to_zoned(amsterdam()).date();
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let why = match *last {
            None if export => Some("export"),
            None => None,
            Some((day, _)) if day != today => Some("day"),
            Some(_) if export => Some("export"),
            Some((_, number)) if head.nummer / EVERY > number / EVERY => Some("records"),
            Some(_) => return None,
        };
        *last = Some((today, head.nummer));
        why
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(nummer: u64) -> Head {
        Head {
            nummer,
            hash: "a".repeat(64),
        }
    }

    #[test]
    fn the_head_is_published_daily_every_thousand_records_and_at_exports() {
        let anker = Anker::default();
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        let evening = at("2026-03-28T22:58:00Z");
        assert_eq!(anker.due(&head(7), false, evening), None);
        assert_eq!(anker.due(&head(999), false, evening), None);
        assert_eq!(anker.due(&head(1_000), false, evening), Some("records"));
        assert_eq!(anker.due(&head(1_001), false, evening), None);
        assert_eq!(anker.due(&head(1_002), true, evening), Some("export"));
        // Midnight in Amsterdam, where the clock goes forward that night.
        assert_eq!(
            anker.due(&head(1_002), false, at("2026-03-28T23:00:01Z")),
            Some("day")
        );
        assert_eq!(
            anker.due(&head(1_002), false, at("2026-03-29T21:59:00Z")),
            None
        );
        assert_eq!(
            anker.due(&head(1_002), false, at("2026-03-29T22:00:00Z")),
            Some("day")
        );
        assert_eq!(
            anker.due(&head(9_002), false, at("2026-03-29T22:00:01Z")),
            Some("records")
        );
    }
}
