//! Schedules as the beheerder meets them. The clock is given: no test waits.

use super::tijd::zone;
use super::*;
use crate::mensen::Via;
use jiff::SignedDuration;

fn moment(text: &str) -> Timestamp {
    let civil: jiff::civil::DateTime = text.parse().expect("a moment");
    civil.to_zoned(zone()).expect("here").timestamp()
}

struct Desk {
    _folder: tempfile::TempDir,
    store: Store,
    beheerder: Actor,
}

impl Desk {
    /// A source that is read every evening at eight, whose next turn is set to `next`.
    fn new(rooster: &Rooster, next: Timestamp) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("open");
        let beheerder = Actor::local(Via::Api);
        store
            .set_rooster(&beheerder, "schijf", 0, rooster)
            .expect("kept");
        let desk = Desk {
            _folder: folder,
            store,
            beheerder,
        };
        desk.due(next);
        desk
    }

    fn due(&self, next: Timestamp) {
        self.store
            .writing()
            .execute("UPDATE rooster SET volgende = ?", [stored(next)])
            .expect("set");
    }

    fn turns(&self, now: Timestamp) -> u32 {
        self.store.take_turns(now).expect("turns")
    }

    fn jobs(&self) -> Vec<(Stand, String)> {
        let jobs = self.store.opdrachten(None, 100).expect("jobs").into_iter();
        jobs.map(|job| (job.stand, job.melding)).collect()
    }

    fn next(&self) -> Timestamp {
        let kept = self.store.rooster("schijf").expect("kept");
        kept.volgende.expect("a turn")
    }
}

fn evenings() -> Rooster {
    Rooster {
        tijden: "0 20 * * *".into(),
        ..Rooster::default()
    }
}

#[test]
fn a_turn_is_taken_once_and_the_next_one_is_set() {
    let desk = Desk::new(&evenings(), moment("2027-01-04T20:00"));
    assert_eq!(desk.turns(moment("2027-01-04T19:59:59")), 0);
    assert_eq!(desk.turns(moment("2027-01-04T20:00:01")), 1);
    assert_eq!(desk.turns(moment("2027-01-04T20:00:02")), 0);
    assert_eq!(desk.next(), moment("2027-01-05T20:00"));
    assert_eq!(desk.jobs(), [(Stand::Wacht, String::new())]);
}

#[test]
fn a_clock_that_is_set_back_gives_no_second_turn() {
    let desk = Desk::new(&evenings(), moment("2027-01-04T20:00"));
    assert_eq!(desk.turns(moment("2027-01-04T20:00:30")), 1);
    for minutes in [1, 30, 59] {
        let back = moment("2027-01-04T20:00") - SignedDuration::from_mins(minutes);
        assert_eq!(desk.turns(back), 0);
        assert_eq!(desk.turns(back + SignedDuration::from_mins(minutes)), 0);
    }
}

#[test]
fn in_the_nights_that_the_clock_changes_every_turn_comes_once() {
    let rooster = Rooster {
        tijden: "30 2 * * *".into(),
        ..Rooster::default()
    };
    for (day, nights) in [("2027-03-27T12:00", 3), ("2027-10-30T12:00", 3)] {
        let start = moment(day);
        let desk = Desk::new(&rooster, start);
        desk.due(tijd::next(&tijd::parse("30 2 * * *").expect("times"), start).expect("next"));
        let mut taken = 0;
        for minute in 0..nights * 24 * 60 {
            let now = start + SignedDuration::from_mins(minute);
            taken += desk.turns(now);
            // Each run is done within the minute.
            for job in desk.store.waiting_jobs().expect("jobs") {
                assert!(desk.store.begin_job(&job, now).expect("begun"));
                let einde = opdrachten::Einde {
                    stand: Stand::Klaar,
                    run: Some(1),
                    melding: String::new(),
                };
                desk.store.end_job(&job, &einde).expect("ended");
            }
        }
        assert_eq!(i64::from(taken), nights, "{day}");
    }
}

#[test]
fn turns_that_were_missed_are_told_and_caught_up_once_where_asked() {
    let monday = moment("2027-01-04T20:00");
    let thursday = moment("2027-01-07T09:00");
    let desk = Desk::new(&evenings(), monday);
    assert_eq!(desk.turns(thursday), 0);
    assert_eq!(
        desk.jobs(),
        [(
            Stand::Vervallen,
            "het programma draaide toen niet".to_owned()
        )]
    );
    assert_eq!(desk.next(), moment("2027-01-07T20:00"));
    let catching_up = Rooster {
        inhalen: true,
        ..evenings()
    };
    let desk = Desk::new(&catching_up, monday);
    assert_eq!(
        desk.turns(thursday),
        1,
        "three were missed, one is caught up"
    );
    assert_eq!(desk.turns(thursday), 0);
}

#[test]
fn two_triggers_at_once_read_a_source_once() {
    let desk = Desk::new(&evenings(), moment("2027-01-04T20:00"));
    desk.store
        .ask_run(&desk.beheerder, "schijf", Soort::Volledig)
        .expect("asked");
    let again = desk
        .store
        .ask_run(&desk.beheerder, "schijf", Soort::Bijwerken);
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    assert_eq!(desk.turns(moment("2027-01-04T20:00:01")), 0);
    assert_eq!(
        desk.jobs()[0],
        (Stand::Vervallen, "er wachtte al een opdracht".to_owned())
    );
    let job = desk.store.waiting_jobs().expect("jobs").remove(0);
    let now = moment("2027-01-04T20:01");
    assert!(desk.store.begin_job(&job, now).expect("begun"));
    assert!(!desk.store.begin_job(&job, now).expect("begun twice"));
    desk.due(moment("2027-01-05T20:00"));
    assert_eq!(desk.turns(moment("2027-01-05T20:00:01")), 0);
    assert_eq!(desk.jobs()[0].1, "de vorige run was nog bezig");
}

#[test]
fn a_pause_holds_until_it_is_taken_off() {
    let paused = Rooster {
        pauze: true,
        ..evenings()
    };
    let desk = Desk::new(&paused, moment("2027-01-04T20:00"));
    assert_eq!(desk.turns(moment("2027-01-04T20:00:01")), 0);
    assert_eq!(desk.jobs()[0].1, "het rooster stond op pauze");
    desk.store
        .set_rooster(&desk.beheerder, "schijf", 1, &evenings())
        .expect("kept");
    desk.due(moment("2027-01-05T20:00"));
    assert_eq!(desk.turns(moment("2027-01-05T20:00:01")), 1);
}

#[test]
fn a_job_that_waits_lapses_and_one_that_runs_is_asked_to_end() {
    let desk = Desk::new(&evenings(), moment("2027-01-04T20:00"));
    let ask = || {
        desk.store
            .ask_run(&desk.beheerder, "schijf", Soort::Bijwerken)
            .expect("asked")
    };
    let first = ask();
    desk.store
        .cancel_run(&desk.beheerder, first)
        .expect("cancelled");
    assert_eq!(desk.jobs()[0], (Stand::Vervallen, "afgezegd".to_owned()));
    let second = ask();
    let job = desk.store.waiting_jobs().expect("jobs").remove(0);
    desk.store.begin_job(&job, Timestamp::now()).expect("begun");
    assert!(!desk.store.must_end(second).expect("known"));
    desk.store
        .cancel_run(&desk.beheerder, second)
        .expect("cancelled");
    assert!(desk.store.must_end(second).expect("known"));
    // The server was killed: at the next start the job waits again.
    assert_eq!(desk.store.take_up_jobs().expect("taken up"), 1);
    assert_eq!(desk.jobs()[0].0, Stand::Wacht);
    assert!(desk.store.cancel_run(&desk.beheerder, first).is_err());
}

#[test]
fn only_who_looks_after_sources_decides_and_nobody_overwrites_unseen() {
    let desk = Desk::new(&evenings(), moment("2027-01-04T20:00"));
    let stranger = Actor {
        rollen: [Rol::Regisseur].into(),
        ..desk.beheerder.clone()
    };
    let refused = |result: Result<u32, StoreError>| matches!(result, Err(StoreError::Refused(_)));
    assert!(refused(desk.store.set_rooster(
        &stranger,
        "schijf",
        1,
        &evenings()
    )));
    assert!(refused(desk.store.ask_run(
        &stranger,
        "schijf",
        Soort::Bijwerken
    )));
    assert!(desk.store.cancel_run(&stranger, 1).is_err());
    let late = desk
        .store
        .set_rooster(&desk.beheerder, "schijf", 0, &evenings());
    assert!(matches!(late, Err(StoreError::Conflict(_))));
    for wrong in [
        Rooster {
            tijden: "elke dag".into(),
            ..Rooster::default()
        },
        Rooster {
            venster_van: "25:00".into(),
            venster_tot: "06:00".into(),
            ..Rooster::default()
        },
        Rooster {
            venster_van: "20:00".into(),
            ..Rooster::default()
        },
    ] {
        let result = desk.store.set_rooster(&desk.beheerder, "schijf", 1, &wrong);
        assert!(matches!(result, Err(StoreError::Refused(_))), "{wrong:?}");
    }
}
