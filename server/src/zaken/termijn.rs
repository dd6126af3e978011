//! The legal clock of a case: how long there is to decide, and what stretches that. Owns the rules of each kind and the
//! days on which no term ends. Never decides anything itself.

use super::{Soort, Zaak, filled, next_number, optional, parsed};
use crate::mensen::{Actor, Rol};
use crate::store::{Change, Store, StoreError};
use jiff::civil::{Date, Weekday};
use jiff::{Span, Timestamp, ToSpan};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Wat de termijn verlengt of stilzet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verlenging {
    /// Verdaging (Woo 4.4, tweede lid): twee weken, een keer.
    Verdaging,
    /// Opschorting omdat de verzoeker het verzoek moet verduidelijken (Woo 4.1, vijfde lid).
    Verduidelijking,
    /// Opschorting voor zienswijzen van belanghebbenden (Woo 4.4, derde lid).
    Zienswijze,
}

impl Verlenging {
    /// All of them.
    pub const ALL: [Verlenging; 3] = [
        Verlenging::Verdaging,
        Verlenging::Verduidelijking,
        Verlenging::Zienswijze,
    ];

    /// The name in the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Verlenging::Verdaging => "verdaging",
            Verlenging::Verduidelijking => "verduidelijking",
            Verlenging::Zienswijze => "zienswijze",
        }
    }
}

/// Een verlenging of opschorting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stap {
    /// Wat het is.
    pub soort: Verlenging,
    /// De eerste dag waarop de termijn stilstaat; bij verdaging de dag van het bericht.
    #[schema(value_type = String, format = Date)]
    pub van: Date,
    /// De laatste dag waarop hij stilstaat; zonder loopt de opschorting nog.
    #[schema(value_type = Option<String>, format = Date)]
    pub tot: Option<Date>,
    /// Waarom.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub toelichting: String,
}

/// How the term of a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Its kind has no legal term.
    Geen,
    /// The last day to decide.
    Tot(Date),
    /// It stands still since this day.
    Stil(Date),
}

/// How long there is by law, and by how much that can be put off.
fn regel(soort: Soort) -> Option<(Span, Span)> {
    match soort {
        // Woo 4.4, first and second paragraph.
        Soort::WooVerzoek => Some((4.weeks(), 2.weeks())),
        // Reglement van orde of the Tweede Kamer, 12.2: three weeks, with a message three more.
        Soort::Kamervraag => Some((3.weeks(), 3.weeks())),
        // AVG 12, third paragraph.
        Soort::InzageAvg => Some((1.month(), 2.months())),
        Soort::ParlementaireEnquete | Soort::Anders | Soort::Lokaal => None,
    }
}

/// How the term stands for a request of this kind, received that day.
pub fn stand(soort: Soort, ontvangen: Date, stappen: &[Stap]) -> Stand {
    let Some((term, delay)) = regel(soort) else {
        return Stand::Geen;
    };
    // It begins on the day after receipt, so that its last day has the weekday of the receipt.
    let mut end = ontvangen.saturating_add(term);
    let mut still: Vec<(Date, Date)> = Vec::new();
    for stap in stappen {
        match (stap.soort, stap.tot) {
            (Verlenging::Verdaging, _) => end = end.saturating_add(delay),
            (_, Some(tot)) => still.push((stap.van, tot)),
            (_, None) => return Stand::Stil(stap.van),
        }
    }
    // Days that two reasons share count once.
    still.sort();
    let mut counted = Date::MIN;
    for (van, tot) in still {
        let van = van.max(counted);
        if tot >= van {
            let days = van.until(tot).map_or(0, |span| span.get_days()) + 1;
            end = end.saturating_add(days.days());
            counted = tot.saturating_add(1.day());
        }
    }
    Stand::Tot(working_day(end))
}

/// The first day from `day` on that a term can end on (Algemene termijnenwet, articles 1 and 3).
fn working_day(mut day: Date) -> Date {
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || holiday(day) {
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    day
}

fn holiday(day: Date) -> bool {
    let kings_day = match Date::new(day.year(), 4, 27).map(Date::weekday) {
        Ok(Weekday::Sunday) => 26,
        _ => 27,
    };
    let fixed = match (day.month(), day.day()) {
        (1, 1) | (5, 5) | (12, 25 | 26) => true,
        (4, number) => number == kings_day,
        _ => false,
    };
    let from_easter =
        easter(day.year()).map(|easter| easter.until(day).map_or(0, |span| span.get_days()));
    // Goede Vrijdag, both days of Easter, Hemelvaart, both days of Pinksteren.
    fixed || from_easter.is_some_and(|days| matches!(days, -2 | 0 | 1 | 39 | 49 | 50))
}

/// Easter Sunday (the anonymous Gregorian computus).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    Date::new(
        year,
        i8::try_from(sum / 31).ok()?,
        i8::try_from(sum % 31 + 1).ok()?,
    )
    .ok()
}

/// Whether a case of this kind has a legal term.
pub fn has_term(soort: Soort) -> bool {
    regel(soort).is_some()
}

/// What stretched the term of a case, in order.
pub(crate) fn stappen(connection: &Connection, zaak: &str) -> Result<Vec<Stap>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT soort, van, tot, toelichting FROM termijn WHERE zaak = ? ORDER BY nummer",
    )?;
    let rows = statement.query_map([zaak], |row| {
        let soort: String = row.get(0)?;
        let soort = Verlenging::ALL
            .into_iter()
            .find(|known| known.name() == soort);
        Ok(Stap {
            soort: soort.unwrap_or(Verlenging::Verduidelijking),
            van: parsed(&row.get::<_, String>(1)?)?,
            tot: optional(row.get(2)?)?,
            toelichting: row.get(3)?,
        })
    })?;
    let mut steps: Vec<Stap> = Vec::new();
    for step in rows {
        let step = step?;
        // The end of a suspension, and a better one, come as a row of its own with the same first day.
        let same = |known: &Stap| known.soort == step.soort && known.van == step.van;
        match steps.iter().position(same) {
            Some(at) => steps[at] = step,
            None => steps.push(step),
        }
    }
    // One that ended before it began was taken back.
    steps.retain(|step| step.tot.is_none_or(|tot| tot >= step.van));
    Ok(steps)
}

/// Writes a row.
pub(crate) fn note(
    change: &Change<'_>,
    actor: &Actor,
    zaak: &Zaak,
    stap: &Stap,
) -> Result<(), StoreError> {
    let nummer = next_number(change, "termijn", "nummer", &zaak.id)?;
    change.execute(
        "INSERT INTO termijn VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            zaak.id,
            nummer,
            stap.soort.name(),
            stap.van.to_string(),
            stap.tot.map(|tot| tot.to_string()),
            stap.toelichting,
            actor.id,
            Timestamp::now().to_string()
        ],
    )?;
    let gegevens = json!({"soort": stap.soort});
    change.log(&zaak.did(actor, "zaak.termijn", nummer.to_string(), gegevens))
}

impl Store {
    /// What stretched the term of a case, in order.
    pub fn termijn(&self, zaak: &str) -> Result<Vec<Stap>, StoreError> {
        stappen(&self.connection(), zaak)
    }

    /// Notes that the term is put off or stands still.
    pub fn stretch_termijn(
        &self,
        actor: &Actor,
        zaak: &Zaak,
        stap: &Stap,
    ) -> Result<(), StoreError> {
        if !actor.is_any(&[Rol::Regisseur, Rol::WooJurist]) {
            return Err(StoreError::refused(
                "alleen een regisseur of Woo-jurist wijzigt de termijn",
            ));
        }
        if regel(zaak.intake.soort).is_none() {
            return Err(StoreError::refused(
                "deze soort zaak heeft geen wettelijke termijn",
            ));
        }
        if stap.tot.is_some_and(|tot| tot < stap.van) {
            return Err(StoreError::refused("de laatste dag ligt voor de eerste"));
        }
        let toelichting = filled(&stap.toelichting, "waarom", 1_000)?;
        let stap = Stap {
            toelichting,
            ..stap.clone()
        };
        self.change(|change| {
            zaak.must_be_open(change)?;
            let put_off: bool = change.query_row(
                "SELECT EXISTS (SELECT 1 FROM termijn WHERE zaak = ? AND soort = 'verdaging')",
                [&zaak.id],
                |row| row.get(0),
            )?;
            if put_off && stap.soort == Verlenging::Verdaging {
                return Err(StoreError::refused("verdagen kan maar een keer"));
            }
            note(change, actor, zaak, &stap)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn stap(soort: Verlenging, van: Date, tot: Option<Date>) -> Stap {
        let toelichting = String::new();
        Stap {
            soort,
            van,
            tot,
            toelichting,
        }
    }

    fn intake(nummer: &str) -> crate::zaken::Intake {
        crate::zaken::Intake {
            nummer: nummer.into(),
            soort: Soort::WooVerzoek,
            titel: "Kade".into(),
            verzoek: String::new(),
            verzoeker: String::new(),
            ontvangen: date(2026, 11, 2),
        }
    }

    #[test]
    fn a_woo_request_has_four_weeks_and_two_more() {
        let (soort, received) = (Soort::WooVerzoek, date(2026, 11, 2));
        assert_eq!(stand(soort, received, &[]), Stand::Tot(date(2026, 11, 30)));
        let delay = stap(Verlenging::Verdaging, date(2026, 11, 20), None);
        assert_eq!(
            stand(soort, received, &[delay]),
            Stand::Tot(date(2026, 12, 14))
        );
        assert_eq!(stand(Soort::Anders, received, &[]), Stand::Geen);
        assert_eq!(
            stand(Soort::InzageAvg, date(2026, 1, 30), &[]),
            Stand::Tot(date(2026, 3, 2))
        );
    }

    #[test]
    fn a_term_is_put_off_once_and_a_suspension_gets_its_end() {
        let folder = tempfile::tempdir().expect("folder");
        let store = Store::open(folder.path()).expect("store");
        let actor = Actor::local(crate::mensen::Via::Opdracht);
        let zaak = store.open_zaak(&actor, &intake("1")).expect("zaak");
        let because = |soort, van, tot| Stap {
            toelichting: "omdat".into(),
            ..stap(soort, van, tot)
        };
        let delay = because(Verlenging::Verdaging, date(2026, 11, 20), None);
        store
            .stretch_termijn(&actor, &zaak, &delay)
            .expect("put off");
        let twice = store.stretch_termijn(&actor, &zaak, &delay);
        assert!(matches!(twice, Err(StoreError::Refused(_))));
        for tot in [None, Some(date(2026, 11, 12))] {
            let step = because(Verlenging::Zienswijze, date(2026, 11, 10), tot);
            store
                .stretch_termijn(&actor, &zaak, &step)
                .expect("suspended");
        }
        let steps = store.termijn(&zaak.id).expect("read");
        assert_eq!(steps.len(), 2, "the end belongs to its beginning");
        let last = stand(Soort::WooVerzoek, date(2026, 11, 2), &steps);
        assert_eq!(last, Stand::Tot(date(2026, 12, 17)));
    }

    #[test]
    fn of_two_people_at_once_one_puts_the_term_off() {
        let folder = tempfile::tempdir().expect("folder");
        // Each has the database open for himself, as two programs do.
        let stores = [(); 4].map(|()| Store::open(folder.path()).expect("store"));
        let actor = Actor::local(crate::mensen::Via::Opdracht);
        for round in 0..5 {
            let zaak = stores[0]
                .open_zaak(&actor, &intake(&round.to_string()))
                .expect("zaak");
            let delay = Stap {
                toelichting: "omdat".into(),
                ..stap(Verlenging::Verdaging, date(2026, 11, 20), None)
            };
            let start = std::sync::Barrier::new(stores.len());
            let done = std::thread::scope(|scope| {
                let threads = stores.each_ref().map(|store| {
                    scope.spawn(|| {
                        start.wait();
                        store.stretch_termijn(&actor, &zaak, &delay)
                    })
                });
                threads.map(|thread| thread.join().expect("joined"))
            });
            let refused =
                |result: &&Result<(), StoreError>| matches!(result, Err(StoreError::Refused(_)));
            assert_eq!(done.iter().filter(|result| result.is_ok()).count(), 1);
            assert_eq!(done.iter().filter(refused).count(), 3, "{done:?}");
            assert_eq!(stores[0].termijn(&zaak.id).expect("read").len(), 1);
        }
    }

    #[test]
    fn the_clock_stands_still_and_shared_days_count_once() {
        let (soort, received) = (Soort::WooVerzoek, date(2026, 11, 2));
        let open = stap(Verlenging::Zienswijze, date(2026, 11, 9), None);
        assert_eq!(
            stand(soort, received, &[open]),
            Stand::Stil(date(2026, 11, 9))
        );
        let first = stap(
            Verlenging::Verduidelijking,
            date(2026, 11, 5),
            Some(date(2026, 11, 9)),
        );
        let second = stap(
            Verlenging::Zienswijze,
            date(2026, 11, 9),
            Some(date(2026, 11, 11)),
        );
        // Seven days: from the 5th up to the 11th.
        assert_eq!(
            stand(soort, received, &[first, second]),
            Stand::Tot(date(2026, 12, 7))
        );
    }

    #[test]
    fn no_term_ends_on_a_free_day() {
        for (received, last) in [
            (date(2026, 10, 31), date(2026, 11, 30)), // a Saturday
            (date(2026, 11, 27), date(2026, 12, 28)), // first day of Christmas, then a weekend
            (date(2026, 3, 6), date(2026, 4, 7)), // Good Friday 2026 is 3 April, Easter Monday the 6th
            (date(2026, 4, 16), date(2026, 5, 15)), // Ascension Day
            (date(2025, 3, 29), date(2025, 4, 28)), // 26 April 2025 is a Saturday (King's Day: 27 is a Sunday)
        ] {
            assert_eq!(
                stand(Soort::WooVerzoek, received, &[]),
                Stand::Tot(last),
                "{received}"
            );
        }
        assert_eq!(easter(2024), Some(date(2024, 3, 31)));
        assert_eq!(easter(2038), Some(date(2038, 4, 25)));
    }
}
