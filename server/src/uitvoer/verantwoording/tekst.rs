//! The sentences and tables of an account, in order: the same for every form. Every list is whole, and no sentence of
//! ours leaves room for more than it names. Never knows how it will look.
//!
//! | file | owns |
//! |---|---|
//! | `acties` | rounds and zoekacties |
//! | `delen` | deelbesluiten, belanghebbenden, and the versions of the case |
//! | `woordenlijsten` | lists with synonyms |
//! | `verloop` | people, schifting, and what could not be searched |
//! | `steekproeven` | random samples with what they say |

mod acties;
mod delen;
mod steekproeven;
mod verloop;
mod woordenlijsten;

use super::{Verantwoording, Versie};
use crate::uitvoer::tabel::for_sheet;
use crate::web::labels;
use crate::zaken;
use crate::zaken::afbakening::Afbakening;
use crate::zaken::plan::Zoekplan;
use jiff::civil::Date;

pub use acties::filters;
pub use woordenlijsten::lists;

/// A whole account, ready to be given a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuk {
    /// Title.
    pub titel: String,
    /// What follows, in order.
    pub blokken: Vec<Blok>,
}

/// A part of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blok {
    /// A heading: level from 2, text, and a name to point at.
    Kop(u8, String, String),
    /// A paragraph.
    Alinea(String),
    /// Somebody's own words.
    Letterlijk(String),
    /// A list.
    Lijst(Vec<String>),
    /// Names with their values.
    Gegevens(Vec<(String, String)>),
    /// A table.
    Tabel(Tabel),
}

/// A table; the first cell of a row names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tabel {
    /// What it holds.
    pub titel: String,
    /// The columns, and whether they hold figures.
    pub koppen: Vec<(String, bool)>,
    /// The rows.
    pub rijen: Vec<Vec<String>>,
}

/// The account in words.
pub fn stuk(v: &Verantwoording) -> Stuk {
    let mut s = Schrijver {
        v,
        blokken: Vec::new(),
    };
    s.begin();
    s.versies();
    s.afbakening();
    s.bronnen();
    s.zoektermen();
    s.woordenlijsten();
    s.navragen();
    s.schifting();
    s.steekproeven();
    s.deelbesluiten();
    s.belanghebbenden();
    s.machtigingen();
    s.niet_doorzocht();
    s.verkennend();
    let mut blokken: Vec<Blok> = s.blokken.into_iter().map(|blok| schoon(v, blok)).collect();
    let titel = clean(v, format!("Zoekverantwoording {}", v.zaak.intake.nummer));
    if v.is_public() {
        blokken.extend(weggelaten(v));
    }
    number_headings(&mut blokken);
    Stuk { titel, blokken }
}

/// What the public version leaves out, and how often.
fn weggelaten(v: &Verantwoording) -> [Blok; 2] {
    let terms = labels::count(v.gemaskeerd as u64, "zoekterm is", "zoektermen zijn");
    let places = labels::count(v.masker.places() + v.vrij.places(), "plaats", "plaatsen");
    [
        Blok::Kop(2, "Weggelaten in deze versie".into(), String::new()),
        Blok::Alinea(format!(
            "Deze versie noemt de personen die bij de zaak bekend zijn alleen bij hun functie. {terms} gemaskeerd als [naam, 5.1.2e] (Woo, artikel \
             5.1, tweede lid, onder e). In totaal is op {places} een naam weggelaten. De interne versie is volledig."
        )),
    ]
}

fn number_headings(blokken: &mut [Blok]) {
    for (number, blok) in blokken.iter_mut().enumerate() {
        if let Blok::Kop(_, _, anchor) = blok {
            *anchor = format!("deel-{number}");
        }
    }
}

/// A text that this version may hold, and every form can.
fn clean(v: &Verantwoording, text: String) -> String {
    for_sheet(&v.schoon(&text)).into_owned()
}

fn schoon(v: &Verantwoording, blok: Blok) -> Blok {
    let one = |text: String| clean(v, text);
    let all = |texts: Vec<String>| texts.into_iter().map(one).collect::<Vec<_>>();
    match blok {
        Blok::Kop(level, text, anchor) => Blok::Kop(level, one(text), anchor),
        Blok::Alinea(text) => Blok::Alinea(one(text)),
        Blok::Letterlijk(text) => Blok::Letterlijk(one(text)),
        Blok::Lijst(items) => Blok::Lijst(all(items)),
        Blok::Gegevens(pairs) => Blok::Gegevens(
            pairs
                .into_iter()
                .map(|(name, value)| (name, one(value)))
                .collect(),
        ),
        Blok::Tabel(tabel) => Blok::Tabel(Tabel {
            titel: one(tabel.titel),
            koppen: tabel.koppen,
            rijen: tabel.rijen.into_iter().map(all).collect(),
        }),
    }
}

/// Puts one part behind another.
struct Schrijver<'a> {
    v: &'a Verantwoording,
    blokken: Vec<Blok>,
}

impl Schrijver<'_> {
    fn kop(&mut self, level: u8, text: impl Into<String>) {
        self.blokken
            .push(Blok::Kop(level, text.into(), String::new()));
    }

    fn alinea(&mut self, text: impl Into<String>) {
        self.blokken.push(Blok::Alinea(text.into()));
    }

    /// Somebody's own words; nothing when there are none.
    fn letterlijk(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.blokken.push(Blok::Letterlijk(text.trim().to_owned()));
        }
    }

    fn lijst(&mut self, items: Vec<String>) {
        self.blokken.push(Blok::Lijst(items));
    }

    /// Values by name; those that say nothing are left out.
    fn gegevens(&mut self, pairs: Vec<(&str, String)>) {
        let said = pairs
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty());
        self.blokken.push(Blok::Gegevens(
            said.map(|(name, value)| (name.to_owned(), value)).collect(),
        ));
    }

    /// A table; columns whose name begins with `#` hold figures.
    fn tabel(&mut self, titel: impl Into<String>, koppen: &[&str], rijen: Vec<Vec<String>>) {
        let kop = |name: &&str| {
            let figures = name.starts_with('#');
            (name.trim_start_matches('#').to_owned(), figures)
        };
        self.blokken.push(Blok::Tabel(Tabel {
            titel: titel.into(),
            koppen: koppen.iter().map(kop).collect(),
            rijen,
        }));
    }

    fn begin(&mut self) {
        let v = self.v;
        let intake = &v.zaak.intake;
        let local = v.zaak.is_local();
        let (versie, means) = match v.versie {
            Versie::Intern => ("intern", "volledig, met namen"),
            Versie::Publiek => ("publiek", "personen bij hun functie"),
        };
        let only = |text: String| if local { String::new() } else { text };
        self.gegevens(vec![
            ("Zaak", intake.nummer.clone()),
            ("Onderwerp", v.vrij(&intake.titel)),
            ("Soort zaak", intake.soort.label().to_owned()),
            ("Ontvangen", only(day(intake.ontvangen))),
            (
                "Besluit genomen op",
                v.zaak.besluit_op.map(day).unwrap_or_default(),
            ),
            (
                "Zaak gesloten",
                v.zaak.gesloten.map(labels::moment).unwrap_or_default(),
            ),
            ("Versie", format!("{versie}: {means}")),
            (
                "Gemaakt",
                format!("{} door {}", labels::moment(v.gemaakt), v.wie(&v.door)),
            ),
            (
                "Programma",
                format!("Zoek & Vind {}", env!("CARGO_PKG_VERSION")),
            ),
            ("Hoofd van het auditspoor", v.hoofd.to_string()),
        ]);
        if local {
            self.alinea(
                "Dit is een lokale zaak. Er waren geen accounts en geen machtigingen: wie achter deze computer zat, \
                 kon alles doorzoeken. Elke zoekactie is wel vastgelegd.",
            );
        }
    }

    fn afbakening(&mut self) {
        let v = self.v;
        self.kop(2, "Verzoek en afbakening");
        if !v.is_public() && !v.zaak.intake.verzoek.trim().is_empty() {
            self.alinea("De tekst van het verzoek:");
            self.letterlijk(&v.vrij(&v.zaak.intake.verzoek));
        }
        let Some(last) = v.afbakeningen.last() else {
            self.alinea("Er is geen afbakening vastgelegd.");
            return;
        };
        let now = &last.inhoud;
        self.gegevens(vec![
            ("Onderwerp", v.vrij(&now.onderwerp)),
            ("Periode", period(now.van, now.tot)),
            ("Niet meer gevraagd", v.vrij(&now.uitgesloten)),
            ("Afgestemd met de verzoeker", v.vrij(&agreed(now))),
        ]);
        let row = |one: &zaken::Versie<Afbakening>| {
            let said = &one.inhoud;
            vec![
                one.nummer.to_string(),
                format!("{} door {}", labels::moment(one.wanneer), v.wie(&one.door)),
                v.vrij(&said.onderwerp),
                period(said.van, said.tot),
                v.vrij(&said.uitgesloten),
                v.vrij(&agreed(said)),
            ]
        };
        self.tabel(
            "Alle versies van de afbakening",
            &[
                "Versie",
                "Vastgelegd",
                "Onderwerp",
                "Periode",
                "Niet meer gevraagd",
                "Afgestemd",
            ],
            v.afbakeningen.iter().map(row).collect(),
        );
    }

    fn bronnen(&mut self) {
        let v = self.v;
        self.kop(2, "a. Doorzochte systemen");
        if v.bronnen.doorzocht.is_empty() {
            self.alinea("Er is in deze zaak nog in geen bron gezocht.");
        } else {
            self.alinea(
                "In de bronnen in deze tabel is gezocht. De cijfers zijn die van het laatste inlezen voor de \
                 zoekactie. Een bron staat er vaker als zij tussen zoekacties opnieuw is ingelezen.",
            );
            let rijen = v.bronnen.doorzocht.iter().map(source_row).collect();
            let koppen = [
                "Bron",
                "Ingelezen",
                "#Documenten",
                "#Niet leesbaar",
                "#Deels gelezen",
                "#Overgeslagen",
                "Zoekacties",
            ];
            self.tabel("Doorzochte bronnen", &koppen, rijen);
        }
        let partly: Vec<String> = v
            .bronnen
            .doorzocht
            .iter()
            .filter_map(|one| Some(format!("{}: {}.", source_name(one), one.niet_volledig()?)))
            .collect();
        if !partly.is_empty() {
            self.alinea("Deze bronnen zijn niet volledig doorzocht:");
            self.lijst(partly);
        }
        self.kop(3, "Bronnen die niet doorzocht zijn");
        if v.bronnen.niet.is_empty() {
            self.alinea("Er zijn geen bronnen vastgelegd die niet doorzocht zijn.");
        } else {
            let row = |(bron, reason): &(String, String)| vec![bron.clone(), v.vrij(reason)];
            let rijen = v.bronnen.niet.iter().map(row).collect();
            self.tabel("Niet doorzochte bronnen", &["Bron", "Reden"], rijen);
        }
        self.zoekplan();
    }

    fn zoekplan(&mut self) {
        let v = self.v;
        self.kop(3, "Zoekplan");
        let Some(last) = v.plannen.last() else {
            self.alinea("Er is geen zoekplan vastgelegd.");
            return;
        };
        let plan = &last.inhoud;
        let approved = v.goedkeuringen.iter().find(|one| one.versie == last.nummer);
        self.gegevens(vec![
            (
                "Versie",
                format!(
                    "{}, {} door {}",
                    last.nummer,
                    labels::moment(last.wanneer),
                    v.wie(&last.door)
                ),
            ),
            (
                "Goedgekeurd",
                approved.map_or("nee".to_owned(), |one| {
                    format!("{} door {}", labels::moment(one.wanneer), v.wie(&one.door))
                }),
            ),
            ("Periode", period(plan.van, plan.tot)),
            ("Aanpak", v.vrij(&plan.toelichting)),
            ("Bekende gaten in de bronnen", v.vrij(&known_gaps(plan))),
        ]);
        if !plan.begrippen.is_empty() {
            let rijen = plan.begrippen.iter();
            let rijen = rijen
                .map(|one| vec![one.naam.clone(), one.termen.join("; ")])
                .collect();
            self.tabel("Begrippen in het zoekplan", &["Begrip", "Termen"], rijen);
        }
    }
}

fn source_row(one: &super::bronnen::Doorzocht) -> Vec<String> {
    let bron = &one.bron;
    let read = match (bron.run, bron.begonnen, bron.status.as_deref()) {
        (Some(run), Some(begun), Some(status)) => {
            format!("run {run}, {}: {status}", labels::moment(begun))
        }
        _ => "nog nooit klaar".to_owned(),
    };
    let numbers = |numbers: &[u32]| {
        let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
        texts.join(", ")
    };
    let acties = match (one.acties.is_empty(), one.verkennend.is_empty()) {
        (false, true) => numbers(&one.acties),
        (true, _) => format!("alleen verkennend: {}", numbers(&one.verkennend)),
        (false, false) => format!(
            "{}; verkennend: {}",
            numbers(&one.acties),
            numbers(&one.verkennend)
        ),
    };
    vec![
        bron.naam.clone(),
        read,
        labels::number(bron.documenten),
        labels::number(bron.onleesbaar),
        labels::number(bron.gedeeltelijk),
        labels::number(bron.overgeslagen),
        acties,
    ]
}

fn source_name(one: &super::bronnen::Doorzocht) -> String {
    match one.bron.run {
        Some(run) => format!("{} (run {run})", one.bron.naam),
        None => one.bron.naam.clone(),
    }
}

fn known_gaps(plan: &Zoekplan) -> String {
    match plan.bekende_gaten.trim() {
        "" => "geen vastgelegd".to_owned(),
        gaps => gaps.to_owned(),
    }
}

fn agreed(said: &Afbakening) -> String {
    agreed_on(&said.afgestemd_hoe, said.afgestemd_op)
}

fn agreed_on(how: &str, on: Option<Date>) -> String {
    match (how.trim(), on) {
        ("", None) => "nee".to_owned(),
        ("", Some(on)) => format!("op {}", day(on)),
        (how, None) => how.to_owned(),
        (how, Some(on)) => format!("{how}, op {}", day(on)),
    }
}

fn period(van: Option<Date>, tot: Option<Date>) -> String {
    match (van, tot) {
        (Some(van), Some(tot)) => format!("{} tot en met {}", day(van), day(tot)),
        (Some(van), None) => format!("vanaf {}", day(van)),
        (None, Some(tot)) => format!("tot en met {}", day(tot)),
        (None, None) => "geen grens".to_owned(),
    }
}

fn day(date: Date) -> String {
    labels::day(&date.to_string())
}

#[cfg(test)]
mod tests {
    /// A court turned down a list of terms that began with "onder meer".
    #[test]
    fn no_sentence_of_ours_leaves_room_for_more() {
        let ours = [
            include_str!("tekst/acties.rs"),
            include_str!("tekst/delen.rs"),
            include_str!("tekst/verloop.rs"),
            include_str!("tekst/steekproeven.rs"),
            include_str!("bronnen.rs"),
            include_str!("../bundel/tabellen.rs"),
            include_str!("../../../templates/verantwoording-bestand.html"),
            include_str!("../../../templates/delen/verantwoording.html"),
            include_str!("../../../templates/verantwoording.typ"),
            include_str!("tekst.rs")
                .split("#[cfg(test)]")
                .next()
                .unwrap_or_default(),
        ];
        for text in ours.map(str::to_lowercase) {
            for open in [
                "onder meer",
                "onder andere",
                "o.a.",
                "bijvoorbeeld",
                "zoals",
                "e.d.",
                "enz",
                "etc",
            ] {
                assert!(!text.contains(open), "{open}");
            }
        }
    }
}
