//! The parts of an account about people and what came of the search: questions to persons, schifting, machtigingen,
//! and what could not be searched. Never leaves one out.

use super::{Schrijver, day, known_gaps};
use crate::web::labels;
use crate::zaken::acties::Zoekactie;
use crate::zaken::machtiging::Machtiging;
use crate::zaken::navraag::Navraag;
use std::collections::BTreeMap;

impl Schrijver<'_> {
    pub(super) fn navragen(&mut self) {
        let v = self.v;
        self.kop(2, "c. Vragen aan personen");
        if v.navragen.is_empty() {
            self.alinea("Er zijn geen vragen aan personen vastgelegd.");
        }
        for one in &v.navragen {
            let Some(last) = one.versies.last() else {
                continue;
            };
            let said = &last.inhoud;
            self.kop(3, format!("Vraag {}", one.nummer));
            self.gegevens(vec![
                ("Gesteld aan", self.asked(said)),
                ("Gesteld op", day(said.datum)),
            ]);
            self.alinea("De letterlijke vraag:");
            self.letterlijk(&v.vrij(&said.vraag));
            let answered = said
                .antwoord_op
                .map(|on| format!(" op {}", day(on)))
                .unwrap_or_default();
            if said.antwoord.trim().is_empty() {
                self.alinea("Er is nog geen antwoord vastgelegd.");
            } else {
                self.alinea(format!("Het letterlijke antwoord{answered}:"));
                self.letterlijk(&v.vrij(&said.antwoord));
            }
            self.gegevens(vec![
                (
                    "Aangeleverde documenten",
                    said.documenten.map(labels::number).unwrap_or_default(),
                ),
                ("Schifting daarin", v.vrij(&said.schifting)),
            ]);
        }
    }

    /// Whom a question was put to.
    fn asked(&self, said: &Navraag) -> String {
        match self.v.is_public() || said.persoon.trim().is_empty() {
            true => said.functie.clone(),
            false => format!("{} ({})", said.persoon, said.functie),
        }
    }

    pub(super) fn schifting(&mut self) {
        let v = self.v;
        self.kop(2, "d. Schifting");
        let found = &v.vondst;
        if !found.ontbreekt.is_empty() {
            let numbers: Vec<String> = found.ontbreekt.iter().map(u32::to_string).collect();
            self.alinea(format!(
                "Let op: van deze zoekacties is de bewaarde lijst van documenten weg of gewijzigd; ze tellen hier niet \
                 mee: {}.",
                numbers.join(", ")
            ));
        }
        let line = |name: &str, count: u64| vec![name.to_owned(), labels::number(count)];
        let mut rijen = vec![
            line(
                "Gevonden in alle zoekrondes samen, elk document een keer",
                found.gevonden,
            ),
            line(
                "Daarvan met verschillende inhoud (na ontdubbelen)",
                found.uniek,
            ),
        ];
        let counts = |counts: &BTreeMap<String, u64>| {
            counts
                .iter()
                .map(|(name, count)| line(name, *count))
                .collect::<Vec<_>>()
        };
        let tellingen = &v.tellingen;
        if let Some(schifting) = &tellingen.schifting {
            rijen.extend(counts(&schifting.per_waarde));
        }
        if let Some(beoordeling) = &tellingen.beoordeling {
            rijen.extend(counts(&beoordeling.per_waarde));
        }
        self.tabel(
            "Van gevonden naar beoordeeld",
            &["Stap", "#Documenten"],
            rijen,
        );
        match &tellingen.schifting {
            None => self.alinea("Er is nog niet geschift."),
            Some(schifting) => {
                let rijen = counts(&schifting.per_reden);
                self.tabel("Schifting per reden", &["Reden", "#Documenten"], rijen);
            }
        }
        match &tellingen.beoordeling {
            None => self.alinea("Er is nog niet beoordeeld."),
            Some(beoordeling) => {
                let rijen = counts(&beoordeling.per_grond);
                self.tabel("Weigeringen per grond", &["Grond", "#Documenten"], rijen);
            }
        }
    }

    pub(super) fn machtigingen(&mut self) {
        let v = self.v;
        self.kop(2, "Machtigingen");
        if v.zaak.is_local() {
            self.alinea("In een lokale zaak zijn er geen machtigingen.");
            return;
        }
        if v.machtigingen.is_empty() {
            self.alinea("Er is in deze zaak geen machtiging verleend.");
            return;
        }
        self.alinea(
            "Vier-ogen betekent dat een ander dan de ontvanger de machtiging heeft verleend. Zelf betekent dat de \
             instelling toestond dat iemand aan zichzelf verleende.",
        );
        let row = |one: &Machtiging| {
            let granted = &one.verlening;
            let to: Vec<String> = granted.aan.iter().map(|id| v.wie(id)).collect();
            let sources: Vec<&str> = granted.bronnen.iter().map(String::as_str).collect();
            let closed = |on| {
                let mut all = v.versies.versies.iter();
                all.any(|one| one.gesloten.as_ref().is_some_and(|done| done.wanneer == on))
            };
            let ended = one.ingetrokken_op.map(|on| match closed(on) {
                true => ", vervallen bij het sluiten van de zaak".to_owned(),
                false => format!(", ingetrokken {}", labels::moment(on)),
            });
            vec![
                to.join("; "),
                v.vrij(&granted.doel),
                sources.join("; "),
                granted.plafond.label().to_owned(),
                format!(
                    "{} tot en met {}{}",
                    day(granted.van),
                    day(granted.tot),
                    ended.unwrap_or_default()
                ),
                format!(
                    "{}, {}",
                    v.wie(&one.verleend_door),
                    labels::moment(one.verleend_op)
                ),
                one.wijze.clone(),
            ]
        };
        let koppen = [
            "Aan",
            "Doel",
            "Bronnen",
            "Tot en met rubricering",
            "Geldig",
            "Verleend door",
            "Wijze",
        ];
        let rijen = v.machtigingen.iter().map(row).collect();
        self.tabel("Verleende machtigingen", &koppen, rijen);
    }

    pub(super) fn niet_doorzocht(&mut self) {
        let v = self.v;
        self.kop(2, "Wat niet doorzocht kon worden");
        self.alinea(
            "Een document waarvan de tekst niet gelezen kon worden, is niet te vinden met woorden uit die tekst. Per \
             zoekactie in een zoekronde staat hier om hoeveel documenten het ging in de doorzochte bronnen.",
        );
        let row = |actie: &Zoekactie| {
            let unread = actie
                .telling
                .as_ref()
                .map(|telling| labels::number(telling.onleesbaar));
            vec![
                format!("Zoekactie {}", actie.nummer),
                unread.unwrap_or("niet geteld".to_owned()),
            ]
        };
        let in_rounds = v.acties.iter().filter(|actie| actie.ronde.is_some());
        let rijen: Vec<_> = in_rounds.map(row).collect();
        match rijen.is_empty() {
            true => self.alinea("Er staat nog geen zoekactie in een zoekronde."),
            false => self.tabel(
                "Niet of niet geheel leesbare documenten",
                &["Zoekactie", "#Documenten"],
                rijen,
            ),
        }
        let gaps = v
            .plannen
            .last()
            .map(|plan| known_gaps(&plan.inhoud))
            .unwrap_or_default();
        self.gegevens(vec![("Bekende gaten in de bronnen", v.vrij(&gaps))]);
        self.alinea("Bronnen die niet of niet volledig doorzocht zijn, staan onder a.");
    }
}
