//! The time by which rights end. The clock of a computer can be put back; then no session, token or machtiging lasts longer
//! for it: this time goes on from the latest that was known, in the audit trail or since the program started. That it was
//! put back is recorded. Never sets a clock, and never decides at what time something was done: records have the time
//! that the computer told.

use super::{Store, StoreError};
use crate::audit::Event;
use crate::mensen::Actor;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Computers that keep their clocks right move them by less.
pub const MARGE: SignedDuration = SignedDuration::from_secs(5);

/// The latest time that is known, and how it goes on.
pub struct Klok {
    known: Mutex<Known>,
}

struct Known {
    latest: Timestamp,
    at: Instant,
    /// How far the computer is behind, and whether that was told.
    behind: Option<(SignedDuration, bool)>,
}

impl Klok {
    /// One that goes on from `latest`, or from what the computer tells.
    pub fn since(latest: Option<Timestamp>) -> Self {
        let now = Timestamp::now();
        Klok {
            known: Mutex::new(Known {
                latest: latest.map_or(now, |latest| latest.max(now)),
                at: Instant::now(),
                behind: latest
                    .map(|latest| latest.duration_since(now))
                    .filter(|by| *by > MARGE)
                    .map(|by| (by, false)),
            }),
        }
    }

    /// The time by which rights end.
    pub fn now(&self) -> Timestamp {
        self.look(Timestamp::now(), Instant::now())
    }

    /// What the computer tells at a moment, made never to go back.
    fn look(&self, told: Timestamp, at: Instant) -> Timestamp {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = at.saturating_duration_since(known.at);
        let expected = SignedDuration::try_from(passed)
            .ok()
            .and_then(|passed| known.latest.checked_add(passed).ok())
            .unwrap_or(known.latest);
        if told >= expected {
            (known.latest, known.at, known.behind) = (told, at, None);
            return told;
        }
        let by = expected.duration_since(told);
        if by > MARGE && known.behind.is_none() {
            known.behind = Some((by, false));
        }
        expected
    }

    /// How far the computer was put back, when nobody was told yet.
    fn take_behind(&self) -> Option<SignedDuration> {
        self.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut known.behind {
            Some((by, told @ false)) => {
                *told = true;
                Some(*by)
            }
            _ => None,
        }
    }
}

impl Store {
    /// The time by which rights end.
    pub fn now(&self) -> Timestamp {
        self.klok.now()
    }

    /// The day here by which rights end.
    pub fn today(&self) -> Date {
        self.now().to_zoned(zv_shared::date::amsterdam()).date()
    }

    /// Records that the clock of the computer was put back, once for each time.
    pub(super) fn record_clock(&self) -> Result<(), StoreError> {
        let Some(by) = self.klok.take_behind() else {
            return Ok(());
        };
        tracing::error!(
            seconds = by.as_secs(),
            "the clock of this computer was put back; rights end by the time that was known before"
        );
        let data = json!({"seconden": by.as_secs()});
        self.log(&Event::done(&Actor::program(), "klok.teruggezet", "", data))
    }

    /// Takes the time of the computer for the right one, although the trail has a later one. A server that runs goes on
    /// with its own until it starts again.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when nothing is later.
    pub fn accept_clock(&self, actor: &Actor, reason: &str) -> Result<(), StoreError> {
        let reason = crate::zaken::filled(reason, "de reden", 500)?;
        let latest = self.trail.latest().map_err(StoreError::Trail)?;
        let by = latest.map(|latest| latest.duration_since(Timestamp::now()));
        let Some(by) = by.filter(|by| by.is_positive()) else {
            return Err(StoreError::refused(
                "de klok loopt niet achter op het auditspoor: er is niets te aanvaarden",
            ));
        };
        // Who was let in at a time that is yet to come is let in no more.
        self.change(|change| {
            change.execute("DELETE FROM sessie", [])?;
            let data = json!({"seconden": by.as_secs()});
            change
                .log(&Event::done(actor, crate::audit::CLOCK_ACCEPTED, "", data).explained(reason))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn it_goes_on_when_the_clock_is_put_back_and_follows_it_forwards() {
        let start = Timestamp::now();
        let klok = Klok::since(None);
        let begun = Instant::now();
        let (minute, hour) = (SignedDuration::from_mins(1), SignedDuration::from_hours(1));
        let after = |seconds| begun + Duration::from_secs(seconds);
        let close =
            |a: Timestamp, b: Timestamp| a.duration_since(b).abs() < SignedDuration::from_secs(2);
        assert!(close(klok.look(start + minute, after(60)), start + minute));
        assert_eq!(klok.take_behind(), None);
        // An hour back: a minute later it is a minute later all the same.
        let known = klok.look(start + minute * 2 - hour, after(120));
        assert!(close(known, start + minute * 2), "{known}");
        let by = klok.known.lock().expect("lock").behind.expect("behind").0;
        assert!((by - hour).abs() < SignedDuration::from_secs(2), "{by}");
        // Forwards it is followed at once: a right ends the sooner.
        assert_eq!(klok.look(start + hour * 3, after(180)), start + hour * 3);
        assert!(klok.known.lock().expect("lock").behind.is_none());
        // A few seconds are what keeping time takes.
        klok.look(start + hour * 3 - SignedDuration::from_secs(3), after(180));
        assert!(klok.known.lock().expect("lock").behind.is_none());
    }

    #[test]
    fn a_trail_with_a_later_time_is_recorded_once_and_counts_until_somebody_accepts_the_clock() {
        let folder = tempfile::tempdir().expect("folder");
        let later = Timestamp::now() + SignedDuration::from_hours(24 * 400);
        let store = Store::open(folder.path()).expect("store");
        let event = Event::done(&Actor::program(), "proef", "", json!({}));
        store
            .log(&Event {
                tijd: later,
                ..event
            })
            .expect("logged");
        drop(store);
        let store = Store::open(folder.path()).expect("store");
        assert!(store.now() >= later);
        store.tick(false).expect("ticked");
        store.tick(false).expect("ticked");
        assert_eq!(
            store.audit_entries("klok.teruggezet").expect("read").len(),
            1
        );
        let actor = Actor::program();
        assert!(store.accept_clock(&actor, " ").is_err());
        store
            .accept_clock(&actor, "de klok stond een jaar voor")
            .expect("accepted");
        drop(store);
        let store = Store::open(folder.path()).expect("store");
        assert!(store.now() < later);
        store.tick(false).expect("ticked");
        assert_eq!(
            store.audit_entries("klok.teruggezet").expect("read").len(),
            1
        );
        assert!(store.accept_clock(&actor, "nog eens").is_err());
        assert_eq!(store.check_audit(&[]).expect("checked").broken, None);
    }
}
