//! The part of an account about lists with synonyms: which lists in which version, how those of the case came to be,
//! and every synonym that was searched with the list that it comes from. Their whole content stands in the bundle.
//! Never leaves one out.

use super::super::Verantwoording;
use super::super::masker::NAAM;
use super::Schrijver;
use crate::web::labels;
use crate::zaken::acties::Woord;
use crate::zaken::woordenlijst::Lijstversie;
use crate::zaken::woordenlijst::gebruik::Lijst;
use std::collections::BTreeMap;

/// A list, a word of a question and a synonym, with the zoekacties that used them.
type Gebruikt = BTreeMap<(String, String, String), Vec<u32>>;

impl Schrijver<'_> {
    pub(super) fn woordenlijsten(&mut self) {
        let v = self.v;
        self.kop(3, "Lijsten met synoniemen");
        let used = lists(v);
        if used.is_empty() {
            self.alinea("Er is met geen enkele lijst gezocht.");
        } else {
            self.alinea(
                "Met deze lijsten is gezocht. De letters en cijfers tussen haakjes zijn het begin van de SHA-256 van de \
                 regels. De bundel van deze verantwoording bevat alle regels, in woordenlijsten.csv.",
            );
            let rijen = used.into_iter().map(|(list, acties)| {
                vec![
                    labels::list(&list.known_as()),
                    labels::number(list.termen as u64),
                    numbers(&acties),
                ]
            });
            let koppen = ["Lijst", "#Termen", "Zoekacties"];
            self.tabel("Lijsten waarmee gezocht is", &koppen, rijen.collect());
        }
        if !v.woordenlijsten.is_empty() {
            let koppen = [
                "Lijst",
                "Versie",
                "Vastgelegd",
                "Gelezen uit",
                "#Termen",
                "Telt mee",
                "Reden",
                "Goedgekeurd",
            ];
            let rijen = v.woordenlijsten.iter().map(|one| version(v, one)).collect();
            self.tabel("Alle versies van de lijsten van deze zaak", &koppen, rijen);
        }
        let used = synonyms(v);
        if !used.is_empty() {
            let row = |((list, word, synonym), acties): ((String, String, String), Vec<u32>)| {
                vec![word, synonym, list, numbers(&acties)]
            };
            let koppen = ["Woord of frase", "Synoniem", "Lijst", "Zoekacties"];
            self.tabel(
                "Alle synoniemen waarmee gezocht is",
                &koppen,
                used.into_iter().map(row).collect(),
            );
        }
    }
}

/// Every list that something was searched with, with the numbers of the zoekacties.
pub fn lists(v: &Verantwoording) -> Vec<(&Lijst, Vec<u32>)> {
    let mut found: Vec<(&Lijst, Vec<u32>)> = Vec::new();
    for actie in &v.acties {
        for list in &actie.verslag.lijsten {
            match found.iter_mut().find(|(known, _)| *known == list) {
                Some((_, acties)) => acties.push(actie.nummer),
                None => found.push((list, vec![actie.nummer])),
            }
        }
    }
    found
}

fn version(v: &Verantwoording, one: &Lijstversie) -> Vec<String> {
    let approved = one
        .goedgekeurd
        .as_ref()
        .map_or("nee".to_owned(), |(door, when)| {
            format!("{} door {}", labels::moment(*when), v.wie(door))
        });
    vec![
        one.naam.clone(),
        one.versie.to_string(),
        format!("{} door {}", labels::moment(one.wanneer), v.wie(&one.door)),
        labels::list_source(&one.bron, one.opgegeven.as_deref()),
        labels::number(one.termen),
        if one.aan { "ja" } else { "nee" }.to_owned(),
        v.vrij(&one.reden),
        approved,
    ]
}

/// Every synonym that counted, by list.
fn synonyms(v: &Verantwoording) -> Gebruikt {
    let mut used = Gebruikt::new();
    for actie in &v.acties {
        for woord in actie.woorden() {
            of_word(v, woord, actie.nummer, &mut used);
        }
    }
    used
}

fn of_word(v: &Verantwoording, woord: &Woord, nummer: u32, used: &mut Gebruikt) {
    // What a name stands for tells the name.
    let hidden = v.is_public() && v.masker.hits(&woord.tekst);
    let mut places = 0;
    for one in woord.uitbreidingen.iter().filter(|one| one.aan) {
        for list in &one.lijsten {
            let (word, synonym) = match hidden {
                true => (NAAM.to_owned(), NAAM.to_owned()),
                false => (woord.tekst.clone(), one.tekst.clone()),
            };
            let acties = used.entry((labels::list(list), word, synonym)).or_default();
            if acties.last() != Some(&nummer) {
                acties.push(nummer);
            }
            places += 2;
        }
    }
    if hidden {
        v.masker.count(places);
    }
}

fn numbers(acties: &[u32]) -> String {
    let texts: Vec<String> = acties.iter().map(u32::to_string).collect();
    texts.join(", ")
}
